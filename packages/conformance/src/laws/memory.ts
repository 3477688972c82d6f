import { host, hostTurn } from './host.js';

/** Why a law about memory cannot be checked here; undefined if it can. */
export function noCollector(): string | undefined {
  return host.gc === undefined ? 'the host exposes no gc(): run `node --expose-gc`' : undefined;
}

/** Counts which of many objects the garbage collector has not taken. */
export class Survivors {
  readonly #references: WeakRef<object>[] = [];

  add(object: object): void {
    this.#references.push(new WeakRef(object));
  }

  get added(): number {
    return this.#references.length;
  }

  /** Collects garbage: call it in a later turn of the host than `add`, and several times. @returns how many are left */
  collect(): number {
    host.gc?.();
    return this.#references.filter(reference => reference.deref() !== undefined).length;
  }

  /** Collects garbage in turns of the host until at most `most` are left, a few times at most. */
  async count(most: number): Promise<number> {
    let left = this.added;
    for (let attempt = 0; attempt < 8 && left > most; attempt++) {
      await hostTurn();
      left = this.collect();
    }
    return left;
  }
}
