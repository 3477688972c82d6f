import { type Answer, checkCount, type Waiter, WaitQueue } from '@escapement/core';
import { Titled, titled } from './describe.js';
import { SourceEvent } from './sync-event.js';

/** The event behind `barrier.wait()`. */
export class AllArrived extends SourceEvent<number, Barrier> {
  override get kind() {
    return 'all-arrived' as const;
  }

  override attempt(): Answer<number> | undefined {
    return this.source.openIfComplete();
  }
}

/**
 * Tasks wait until `parties` of them have arrived. Then all go on, and the next round begins.
 *
 * Cost: the last task to arrive goes on at once, without the loop, and wakes the others in O(parties).
 * Cancellation: a cancelled waiter no longer counts as arrived. The others go on waiting for another task in its place.
 *
 * @example
 * const round = new Barrier(3);
 * const index = yield* round.wait();
 * if (index === 0) report();   // one of the three
 */
export class Barrier extends Titled {
  /** @internal */
  readonly waiting = new WaitQueue<Waiter<number>>();
  readonly #wait = new AllArrived(this);

  /**
   * @param parties how many tasks open the barrier, 1 or more
   * @param name for deadlock reports
   * @throws InvalidCountError
   */
  constructor(
    readonly parties: number,
    readonly name?: string,
  ) {
    super();
    checkCount('parties of a Barrier', parties, 1, false, 'The barrier opens when that many tasks have arrived.');
  }

  /** How many tasks wait at present. */
  get arrived(): number {
    return this.waiting.length;
  }

  /** `yield* barrier.wait()` waits for the others and evaluates to the caller's place in the order of arrival, from 0. */
  wait(): AllArrived {
    return this.#wait;
  }

  /** @internal Opens the barrier if the caller is the last to arrive. @returns the caller's place, or undefined if it has to wait */
  openIfComplete(): Answer<number> | undefined {
    const others = this.parties - 1;
    if (this.waiting.maxLength < others || this.waiting.length < others) return undefined;
    this.waiting.takeAll().forEach((waiter, index) => {
      waiter.resolve(index);
    });
    return { done: true, value: others };
  }

  /** `barrier "round", 2 of 3 have arrived` */
  override toString(): string {
    return `${titled('barrier', this.name)}, ${this.waiting.roughLength} of ${this.parties} have arrived`;
  }
}
