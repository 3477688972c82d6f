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
    const kept = (this.#copy(this.#size) as T[]).filter(wanted);
    this.clear();
    for (const item of kept) this.push(item);
  }

  clear(): void {
    this.#ring = [];
    this.#head = 0;
    this.#size = 0;
  }

  // Into an array that has its length from the start: one that is filled by `push` is copied each time it grows.
  #copy(length: number): (T | undefined)[] {
    const copy = new Array<T | undefined>(length);
    const mask = this.#ring.length - 1;
    for (let n = 0; n < this.#size; n++) copy[n] = this.#ring[(this.#head + n) & mask];
    return copy;
  }

  #resize(length: number): void {
    this.#ring = this.#copy(length);
    this.#head = 0;
  }
}
