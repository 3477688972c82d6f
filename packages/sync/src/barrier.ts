import { checkCount, type Waiter } from '@escapement/core';
import { titled } from './describe.js';
import { type AtOnce, SyncEvent } from './sync-event.js';
import { WaitLine } from './wait-line.js';

/** The event behind `barrier.wait()`. */
export class AllArrived extends SyncEvent<number> {
  override get kind() {
    return 'all-arrived' as const;
  }

  readonly #barrier: Barrier;

  /** @internal */
  constructor(barrier: Barrier) {
    super();
    this.#barrier = barrier;
  }

  /** @internal */
  override attempt(): AtOnce<number> | undefined {
    return this.#barrier.openForLast();
  }

  /** @internal */
  override enter(waiter: Waiter<number>): void {
    this.#barrier.enter(waiter);
  }

  /** @internal */
  override leave(): void {
    this.#barrier.leave();
  }

  override toString(): string {
    return `AllArrived(${this.#barrier})`;
  }
}

/**
 * Tasks wait for each other: when as many as there are parties have come, all go on, and the next round begins.
 *
 * Cost: the last one goes on at once, without the loop, and wakes the others in O(parties).
 * Cancellation: who waits and is cancelled gives its place back. The others go on waiting, until somebody else fills it.
 *
 * @example
 * const round = new Barrier(3);
 * const index = yield* round.wait();
 * if (index === 0) report();   // one of the three
 */
export class Barrier {
  readonly #line = new WaitLine<Waiter<number>>();
  readonly #wait = new AllArrived(this);

  /**
   * @param parties how many wait for each other, 1 or more
   * @param name for deadlock reports
   * @throws InvalidCountError
   */
  constructor(
    readonly parties: number,
    readonly name?: string,
  ) {
    checkCount('parties of a Barrier', parties, 1, false, 'It opens when so many tasks wait.');
  }

  /** How many wait at present, of the `parties` it takes. */
  get arrived(): number {
    return this.#line.length;
  }

  /** `yield* barrier.wait()` waits for the others, and evaluates to the place in their order: 0 came first. */
  wait(): AllArrived {
    return this.#wait;
  }

  /** @internal For somebody who has come now: if all others are here, they go on, and so does the caller. */
  openForLast(): AtOnce<number> | undefined {
    const others = this.parties - 1;
    if (this.#line.mostLength < others || this.#line.length < others) return undefined;
    this.#line.takeAll().forEach((waiter, index) => {
      waiter.resolve(index);
    });
    return { done: true, value: others };
  }

  /** @internal */
  enter(waiter: Waiter<number>): void {
    this.#line.add(waiter);
  }

  /** @internal */
  leave(): void {
    this.#line.leave();
  }

  /** `barrier "round", 2 of 3 are here` */
  toString(): string {
    return `${titled('barrier', this.name)}, ${this.arrived} of ${this.parties} are here`;
  }
}
