/** An empty heap gives back the memory of more items than these. */
const LARGE = 1024;

/**
 * Items ordered by a number, the smallest first; those with equal numbers in the order in which they were added.
 *
 * A binary heap in arrays of their own for the numbers and the items, so that a comparison reads no object, and adding
 * allocates nothing. The item that was added last waits outside: a scheduler adds the task that has paused and takes the next,
 * and then that replaces the first item in one pass, or comes out again at once.
 */
export class StableHeap<T> {
  readonly #keys: number[] = [];
  /** For equal keys. */
  readonly #serials: number[] = [];
  readonly #items: (T | undefined)[] = [];
  #size = 0;
  /** The item that was added last; undefined if it is in the arrays, or was taken. */
  #last: T | undefined = undefined;
  #lastKey = 0;
  #lastSerial = 0;

  get isEmpty(): boolean {
    return this.#size === 0 && this.#last === undefined;
  }

  /** `Infinity` if it is empty. */
  get smallestKey(): number {
    const smallest = this.#size === 0 ? Infinity : this.#keys[0]!;
    return this.#last !== undefined && this.#lastKey < smallest ? this.#lastKey : smallest;
  }

  /** Whether its first item comes before one with this key and serial. */
  isBefore(key: number, serial: number): boolean {
    if (this.#last !== undefined && comesFirst(this.#lastKey, this.#lastSerial, key, serial)) return true;
    return this.#size > 0 && comesFirst(this.#keys[0]!, this.#serials[0]!, key, serial);
  }

  /** @param serial higher than all before */
  add(key: number, serial: number, item: T): void {
    if (this.#last !== undefined) this.#siftUp(this.#size++, this.#lastKey, this.#lastSerial, this.#last);
    this.#last = item;
    this.#lastKey = key;
    this.#lastSerial = serial;
  }

  /** Removes and returns the first item; undefined if there is none. */
  take(): T | undefined {
    const last = this.#last;
    if (last !== undefined) {
      this.#last = undefined;
      if (this.#size === 0 || this.#lastKey < this.#keys[0]!) return last;
      return this.#replaceFirst(this.#lastKey, this.#lastSerial, last);
    }
    if (this.#size === 0) return undefined;
    const end = --this.#size;
    const item = this.#items[end] as T;
    this.#items[end] = undefined;
    if (end === 0 && this.#items.length > LARGE) this.#keys.length = this.#serials.length = this.#items.length = 0;
    return end === 0 ? item : this.#replaceFirst(this.#keys[end]!, this.#serials[end]!, item);
  }

  /** The gap goes down to the bottom first, because an item that has just run mostly belongs there. */
  #replaceFirst(key: number, serial: number, item: T): T {
    const keys = this.#keys;
    const serials = this.#serials;
    const items = this.#items;
    const first = items[0] as T;
    const size = this.#size;
    let gap = 0;
    for (let child = 1; child < size; child = 2 * gap + 1) {
      const right = child + 1;
      if (right < size) {
        const leftKey = keys[child]!;
        const rightKey = keys[right]!;
        if (rightKey < leftKey || (rightKey === leftKey && serials[right]! < serials[child]!)) child = right;
      }
      keys[gap] = keys[child]!;
      serials[gap] = serials[child]!;
      items[gap] = items[child];
      gap = child;
    }
    this.#siftUp(gap, key, serial, item);
    return first;
  }

  #siftUp(from: number, key: number, serial: number, item: T): void {
    const keys = this.#keys;
    const serials = this.#serials;
    let gap = from;
    while (gap > 0) {
      const parent = (gap - 1) >> 1;
      const parentKey = keys[parent]!;
      if (parentKey < key || (parentKey === key && serials[parent]! < serial)) break;
      keys[gap] = parentKey;
      serials[gap] = serials[parent]!;
      this.#items[gap] = this.#items[parent];
      gap = parent;
    }
    keys[gap] = key;
    serials[gap] = serial;
    this.#items[gap] = item;
  }
}

function comesFirst(key: number, serial: number, otherKey: number, otherSerial: number): boolean {
  return key < otherKey || (key === otherKey && serial < otherSerial);
}
