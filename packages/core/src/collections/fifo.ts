/** So many items are in one array. */
const CHUNK_SIZE = 512;

interface Chunk<T> {
  readonly items: (T | undefined)[];
  next: Chunk<T> | undefined;
}

/**
 * A queue in a chain of small arrays, the last of which is filled while the first is emptied. O(1), and never copied, as a
 * ring buffer is that grows. In the long run it allocates nothing: the array that was emptied is used again.
 * @example
 * const jobs = new Fifo<string>();
 * jobs.push('first');
 * jobs.push('second');
 * jobs.shift(); // 'first'
 */
export class Fifo<T> {
  #first: Chunk<T> = { items: [], next: undefined };
  #last = this.#first;
  /** The place of the oldest item in the first chunk. */
  #head = 0;
  /** The place behind the newest item in the last chunk. */
  #tail = 0;
  #size = 0;
  #emptied: Chunk<T> | undefined = undefined;

  /** The number of items. O(1). */
  get size(): number {
    return this.#size;
  }

  /** Adds the newest item. O(1). */
  push(item: T): void {
    if (this.#tail === CHUNK_SIZE) this.#addChunk();
    this.#last.items[this.#tail++] = item;
    this.#size++;
  }

  /** The oldest item; undefined if there is none. */
  peek(): T | undefined {
    return this.#size === 0 ? undefined : this.#first.items[this.#head];
  }

  /** Removes and returns the oldest item; undefined if there is none. */
  shift(): T | undefined {
    if (this.#size === 0) return undefined;
    const { items } = this.#first;
    const item = items[this.#head];
    items[this.#head++] = undefined;
    if (--this.#size === 0) this.#head = this.#tail = 0;
    else if (this.#head === CHUNK_SIZE) this.#removeChunk();
    return item;
  }

  /** Removes the items that are not `wanted`. O(n). */
  keep(wanted: (item: T) => boolean): void {
    // First, because it may throw.
    const kept = this.#all().filter(wanted);
    this.clear();
    for (const item of kept) this.push(item);
  }

  /** Removes all items, and frees their memory. */
  clear(): void {
    this.#first = this.#last = { items: [], next: undefined };
    this.#head = this.#tail = this.#size = 0;
    this.#emptied = undefined;
  }

  #all(): T[] {
    const all: T[] = [];
    let place = this.#head;
    for (let chunk: Chunk<T> | undefined = this.#first; chunk !== undefined; chunk = chunk.next) {
      const end = chunk === this.#last ? this.#tail : CHUNK_SIZE;
      for (; place < end; place++) all.push(chunk.items[place] as T);
      place = 0;
    }
    return all;
  }

  #addChunk(): void {
    this.#last = this.#last.next = this.#emptied ?? { items: [], next: undefined };
    this.#emptied = undefined;
    this.#tail = 0;
  }

  #removeChunk(): void {
    const chunk = this.#first;
    this.#first = chunk.next!;
    chunk.next = undefined;
    this.#emptied = chunk;
    this.#head = 0;
  }
}
