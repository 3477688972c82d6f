import type { Instant } from '@escapement/core';

const FIRST_SIZE = 256;
const FREE = 0;

/**
 * @internal Since when tasks are ready, by their id. A table of numbers, because a map, or a value on each task, would cost more than
 * the step that is measured. Ids are given in turn, so tasks that are ready together rarely have the same place.
 */
export class ReadyTimes {
  /** An id and its time for each place. The number of places is a power of two. */
  #table = new Float64Array(2 * FIRST_SIZE);
  /** Those whose place was not free. */
  readonly #others = new Map<number, Instant>();

  add(id: number, time: Instant): void {
    const place = this.#placeOf(id);
    if (this.#table[place] !== FREE) {
      this.#addOther(id, time);
      return;
    }
    this.#table[place] = id;
    this.#table[place + 1] = time;
  }

  /** `NaN` if it was not added. */
  take(id: number): Instant {
    const place = this.#placeOf(id);
    if (this.#table[place] !== id) return this.#takeOther(id);
    this.#table[place] = FREE;
    return this.#table[place + 1]!;
  }

  #placeOf(id: number): number {
    return (2 * id) & (this.#table.length - 1);
  }

  #addOther(id: number, time: Instant): void {
    this.#others.set(id, time);
    if (2 * this.#others.size > this.#table.length) this.#grow();
  }

  #takeOther(id: number): Instant {
    const time = this.#others.get(id) ?? NaN;
    this.#others.delete(id);
    return time;
  }

  #grow(): void {
    const table = this.#table;
    const others = [...this.#others];
    this.#table = new Float64Array(4 * table.length);
    this.#others.clear();
    for (let place = 0; place < table.length; place += 2) {
      if (table[place] !== FREE) this.add(table[place]!, table[place + 1]!);
    }
    for (const [id, time] of others) this.add(id, time);
  }
}
