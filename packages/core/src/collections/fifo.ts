/** A queue in a ring buffer that grows by doubling, and shrinks again. O(1), no allocation per item. */
export class Fifo<T> {
  // The length is 0 or a power of two, so that `& (length - 1)` wraps around.
  #ring: (T | undefined)[] = [];
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(item: T): void {
    if (this.#size === this.#ring.length) this.#resize(Math.max(8, 2 * this.#size));
    this.#ring[(this.#head + this.#size) & (this.#ring.length - 1)] = item;
    this.#size++;
  }

  /** The oldest item; undefined if there is none. */
  peek(): T | undefined {
    return this.#ring[this.#head];
  }

  /** Removes and returns the oldest item; undefined if there is none. */
  shift(): T | undefined {
    if (this.#size === 0) return undefined;
    const item = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#size--;
    if (this.#ring.length > 64 && this.#size < this.#ring.length >> 2) this.#resize(this.#ring.length >> 1);
    return item;
  }

  /** Removes the items that are not `wanted`. O(n). */
  keep(wanted: (item: T) => boolean): void {
    const kept = (this.#toArray() as T[]).filter(wanted);
    this.clear();
    for (const item of kept) this.push(item);
  }

  clear(): void {
    this.#ring = [];
    this.#head = 0;
    this.#size = 0;
  }

  #toArray(): (T | undefined)[] {
    const end = this.#head + this.#size;
    const { length } = this.#ring;
    // Slices are copied as memory; a queue that grows to a million items copies two million.
    if (end <= length) return this.#ring.slice(this.#head, end);
    return this.#ring.slice(this.#head).concat(this.#ring.slice(0, end - length));
  }

  #resize(length: number): void {
    const ring = this.#toArray();
    for (let n = this.#size; n < length; n++) ring.push(undefined);
    this.#ring = ring;
    this.#head = 0;
  }
}
