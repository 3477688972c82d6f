import { type Answer, checkCount, type Waiter, WaitQueue } from '@escapement/core';
import { titled } from './describe.js';
import { SourceEvent } from './sync-event.js';

/** The event behind `barrier.wait()`. */
export class AllArrived extends SourceEvent<number, Barrier> {
  override get kind() {
    return 'all-arrived' as const;
  }

  override attempt(): Answer<number> | undefined {
    return this.source.openForLast();
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
  /** @internal */
  readonly waiting = new WaitQueue<Waiter<number>>();
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
    return this.waiting.length;
  }

  /** `yield* barrier.wait()` waits for the others, and evaluates to the place in their order: 0 came first. */
  wait(): AllArrived {
    return this.#wait;
  }

  /** @internal For somebody who has come now: if all others are here, they go on, and so does the caller. */
  openForLast(): Answer<number> | undefined {
    const others = this.parties - 1;
    if (this.waiting.maxLength < others || this.waiting.length < others) return undefined;
    this.waiting.takeAll().forEach((waiter, index) => {
      waiter.resolve(index);
    });
    return { done: true, value: others };
  }

  /** `barrier "round", 2 of 3 are here` */
  toString(): string {
    return `${titled('barrier', this.name)}, ${this.arrived} of ${this.parties} are here`;
  }
}
