import { ANSWERED, type Answer, type Waiter, WaitQueue } from '@escapement/core';
import { Titled, titled } from './describe.js';
import { SourceEvent } from './sync-event.js';

/** The event behind `signal.wait()`. */
export class SignalSet extends SourceEvent<void, Signal> {
  override get kind() {
    return 'signal-set' as const;
  }

  override attempt(): Answer<void> | undefined {
    return this.source.isSet ? ANSWERED : undefined;
  }
}

/**
 * A flag that is set once and stays set. Any number of tasks can wait for it.
 *
 * Cost: once it is set, a wait returns at once, without the loop.
 * Cancellation: a cancelled waiter is removed.
 *
 * @example
 * const ready = new Signal('ready');
 * yield* spawn(function* () { yield* ready.wait(); serve(); });
 * ready.set();
 */
export class Signal extends Titled {
  /** @internal */
  readonly waiting = new WaitQueue<Waiter<void>>();
  readonly #wait = new SignalSet(this);
  #isSet = false;

  /** @param name for deadlock reports */
  constructor(readonly name?: string) {
    super();
  }

  /** Whether it is set: then `wait()` returns at once. */
  get isSet(): boolean {
    return this.#isSet;
  }

  /** Resumes all waiting tasks, in the order in which they came. Setting it again does nothing. */
  set(): void {
    this.#isSet = true;
    for (const waiter of this.waiting.takeAll()) waiter.resolve();
  }

  /** `yield* signal.wait()` waits until it is set. */
  wait(): SignalSet {
    return this.#wait;
  }

  /** `signal "ready"` */
  override toString(): string {
    return titled('signal', this.name);
  }
}
