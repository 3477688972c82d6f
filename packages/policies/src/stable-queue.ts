import { StableHeap } from './stable-heap.js';

/** So many runs are looked through at most, which costs as much as the heap does with a few hundred items. */
const MOST_RUNS = 16;

/** So many entries are kept for later, however many items there once were. */
const MOST_UNUSED = 256;

interface Entry<T> {
  key: number;
  serial: number;
  item: T | undefined;
  next: Entry<T> | undefined;
}

/**
 * Items ordered by a number, the smallest first; those with equal numbers in the order in which they were added.
 *
 * Schedulers mostly add in an order: equal deadlines, or the tasks of each priority with rising numbers. Such items form
 * runs, in which adding and taking costs the same however many they are. The last items of the runs fall from run to run, so
 * an item goes behind the first that it may follow. What fits into none of a few runs goes into a heap, and costs O(log n).
 */
export class StableQueue<T> {
  // Of each run, in arrays of their own, so that looking through them reads no objects.
  readonly #firsts: Entry<T>[] = [];
  readonly #firstKeys: number[] = [];
  readonly #lasts: Entry<T>[] = [];
  readonly #lastKeys: number[] = [];
  readonly #heap = new StableHeap<T>();
  #lastSerial = 0;
  /** Entries to be used again. */
  #unused: Entry<T> | undefined = undefined;
  #unusedCount = 0;

  get isEmpty(): boolean {
    return this.#firsts.length === 0 && this.#heap.isEmpty;
  }

  /** `Infinity` if it is empty. */
  get smallestKey(): number {
    let smallest = this.#heap.smallestKey;
    for (const key of this.#firstKeys) if (key < smallest) smallest = key;
    return smallest;
  }

  /** @param key must not be NaN */
  add(key: number, item: T): void {
    const serial = ++this.#lastSerial;
    const lastKeys = this.#lastKeys;
    const count = lastKeys.length;
    let run = 0;
    while (run < count && lastKeys[run]! > key) run++;
    if (run === MOST_RUNS) {
      this.#heap.add(key, serial, item);
      return;
    }
    const entry = this.#newEntry(key, serial, item);
    if (run < count) {
      this.#lasts[run]!.next = entry;
    } else {
      this.#firsts[run] = entry;
      this.#firstKeys[run] = key;
    }
    this.#lasts[run] = entry;
    lastKeys[run] = key;
  }

  /** Removes and returns the first item; undefined if there is none. */
  take(): T | undefined {
    const keys = this.#firstKeys;
    const count = keys.length;
    if (count === 0) return this.#heap.take();
    let least = 0;
    let leastKey = keys[0]!;
    for (let run = 1; run < count; run++) {
      const key = keys[run]!;
      if (key > leastKey || (key === leastKey && !this.#isOlder(run, least))) continue;
      least = run;
      leastKey = key;
    }
    return this.#heap.isBefore(leastKey, this.#firsts[least]!.serial) ? this.#heap.take() : this.#shift(least);
  }

  #isOlder(run: number, other: number): boolean {
    return this.#firsts[run]!.serial < this.#firsts[other]!.serial;
  }

  #shift(run: number): T {
    const entry = this.#firsts[run]!;
    const item = entry.item as T;
    if (entry.next === undefined) {
      this.#removeRun(run);
    } else {
      this.#firsts[run] = entry.next;
      this.#firstKeys[run] = entry.next.key;
    }
    this.#keep(entry);
    return item;
  }

  #keep(entry: Entry<T>): void {
    if (this.#unusedCount === MOST_UNUSED) return;
    entry.item = undefined;
    entry.next = this.#unused;
    this.#unused = entry;
    this.#unusedCount++;
  }

  #removeRun(run: number): void {
    for (const each of [this.#firsts, this.#firstKeys, this.#lasts, this.#lastKeys]) {
      // The last run is the one that comes and goes.
      if (run === each.length - 1) each.pop();
      else each.splice(run, 1);
    }
  }

  #newEntry(key: number, serial: number, item: T): Entry<T> {
    const entry = this.#unused;
    if (entry === undefined) return { key, serial, item, next: undefined };
    this.#unused = entry.next;
    this.#unusedCount--;
    entry.key = key;
    entry.serial = serial;
    entry.item = item;
    entry.next = undefined;
    return entry;
  }
}
