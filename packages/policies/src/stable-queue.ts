import { StableHeap } from './stable-heap.js';

/** So many runs are looked through at most, which costs as much as the heap does with a few hundred items. */
const MOST_RUNS = 16;

interface Entry<T> {
  key: number;
  serial: number;
  item: T | undefined;
  next: Entry<T> | undefined;
}

/** Entries with rising keys. */
interface Run<T> {
  first: Entry<T>;
  last: Entry<T>;
}

/**
 * Items ordered by a number, the smallest first; those with equal numbers in the order in which they were added.
 *
 * Schedulers mostly add in an order: equal deadlines, or the tasks of each priority with rising numbers. Such items form
 * runs, in which adding and taking costs the same however many they are. The last items of the runs fall from run to run, so
 * an item goes behind the first that it may follow. What fits into none of a few runs goes into a heap, and costs O(log n).
 */
export class StableQueue<T> {
  readonly #runs: Run<T>[] = [];
  readonly #heap = new StableHeap<T>();
  #lastSerial = 0;
  /** Entries to be used again. */
  #unused: Entry<T> | undefined = undefined;

  get isEmpty(): boolean {
    return this.#runs.length === 0 && this.#heap.isEmpty;
  }

  /** `Infinity` if it is empty. */
  get smallestKey(): number {
    let smallest = this.#heap.smallestKey;
    for (const { first } of this.#runs) if (first.key < smallest) smallest = first.key;
    return smallest;
  }

  /** @param key must not be NaN */
  add(key: number, item: T): void {
    const serial = ++this.#lastSerial;
    const runs = this.#runs;
    for (let index = 0; index < runs.length; index++) {
      const run = runs[index]!;
      if (run.last.key > key) continue;
      run.last = run.last.next = this.#newEntry(key, serial, item);
      return;
    }
    if (runs.length === MOST_RUNS) {
      this.#heap.add(key, serial, item);
      return;
    }
    const entry = this.#newEntry(key, serial, item);
    runs.push({ first: entry, last: entry });
  }

  /** Removes and returns the first item; undefined if there is none. */
  take(): T | undefined {
    const runs = this.#runs;
    if (runs.length === 0) return this.#heap.take();
    let least = 0;
    let { key, serial } = runs[0]!.first;
    for (let index = 1; index < runs.length; index++) {
      const { first } = runs[index]!;
      if (first.key > key || (first.key === key && first.serial > serial)) continue;
      least = index;
      ({ key, serial } = first);
    }
    return this.#heap.isBefore(key, serial) ? this.#heap.take() : this.#shift(least);
  }

  #shift(index: number): T {
    const run = this.#runs[index]!;
    const entry = run.first;
    const item = entry.item as T;
    if (entry.next === undefined) this.#runs.splice(index, 1);
    else run.first = entry.next;
    entry.item = undefined;
    entry.next = this.#unused;
    this.#unused = entry;
    return item;
  }

  #newEntry(key: number, serial: number, item: T): Entry<T> {
    const entry = this.#unused;
    if (entry === undefined) return { key, serial, item, next: undefined };
    this.#unused = entry.next;
    entry.key = key;
    entry.serial = serial;
    entry.item = item;
    entry.next = undefined;
    return entry;
  }
}
