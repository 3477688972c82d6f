import type { Instant } from '@escapement/core';

const FIRST_SIZE = 256;
const FREE = 0;

/**
 * @internal Since when tasks are ready, by their id. A table of numbers, because a map, or a value on each task, would cost more than
 * the step that is measured. Ids are given in turn, so tasks that are ready together rarely have the same place.
 */
export class ReadyTimes {
  /** Whose the places are; a power of two of them. */
  #ids = new Float64Array(FIRST_SIZE);
  #times = new Float64Array(FIRST_SIZE);
  /** Those whose place was not free. */
  readonly #others = new Map<number, Instant>();

  add(id: number, time: Instant): void {
    const place = id & (this.#ids.length - 1);
    if (this.#ids[place] !== FREE) {
      this.#addOther(id, time);
      return;
    }
    this.#ids[place] = id;
    this.#times[place] = time;
  }

  /** Undefined if it was not added. */
  take(id: number): Instant | undefined {
    const place = id & (this.#ids.length - 1);
    if (this.#ids[place] !== id) return this.#takeOther(id);
    this.#ids[place] = FREE;
    return this.#times[place];
  }

  #addOther(id: number, time: Instant): void {
    this.#others.set(id, time);
    if (this.#others.size > this.#ids.length) this.#grow();
  }

  #takeOther(id: number): Instant | undefined {
    const time = this.#others.get(id);
    this.#others.delete(id);
    return time;
  }

  #grow(): void {
    const before = { ids: this.#ids, times: this.#times, others: [...this.#others] };
    this.#ids = new Float64Array(before.ids.length * 4);
    this.#times = new Float64Array(this.#ids.length);
    this.#others.clear();
    before.ids.forEach((id, place) => {
      if (id !== FREE) this.add(id, before.times[place]!);
    });
    for (const [id, time] of before.others) this.add(id, time);
  }
}
