import type { Task } from '@escapement/core';

/** Tasks are told apart by so many names. */
const MOST_NAMES = 64;
const MOST_SHOWN = 100;

/** Which tasks were ready at the same time, and which of them went on first, through all runs. */
export class Reorderings {
  readonly #slots = new Map<string, number>();
  readonly #names: string[] = [];
  /** By the id of a task of the present run. */
  readonly #slotOf: number[] = [];
  readonly #before = new Uint8Array(MOST_NAMES * MOST_NAMES);

  spawned(task: Task): void {
    let slot = this.#slots.get(task.name);
    if (slot === undefined) {
      slot = this.#names.length < MOST_NAMES ? this.#names.push(task.name) - 1 : -1;
      if (slot >= 0) this.#slots.set(task.name, slot);
    }
    this.#slotOf[task.id] = slot;
  }

  chosen(task: Task, ready: readonly Task[]): void {
    const first = this.#slotOf[task.id]!;
    if (first < 0) return;
    const row = first * MOST_NAMES;
    for (let place = 0; place < ready.length; place++) {
      const other = this.#slotOf[ready[place]!.id]!;
      if (other >= 0 && ready[place] !== task) this.#before[row + other] = 1;
    }
  }

  get neverReordered(): (readonly [string, string])[] {
    const pairs: (readonly [string, string])[] = [];
    for (const [first, name] of this.#names.entries()) {
      for (const [second, other] of this.#names.entries()) {
        if (pairs.length === MOST_SHOWN) return pairs;
        if (this.#isBefore(first, second) && !this.#isBefore(second, first)) pairs.push([name, other]);
      }
    }
    return pairs;
  }

  get neverBesideAnother(): string[] {
    const all = [...this.#names.keys()];
    const isBeside = (one: number) => all.some(other => this.#isBefore(one, other) || this.#isBefore(other, one));
    return this.#names.filter((_, slot) => !isBeside(slot)).slice(0, MOST_SHOWN);
  }

  #isBefore(first: number, second: number): boolean {
    return this.#before[first * MOST_NAMES + second] === 1;
  }
}
