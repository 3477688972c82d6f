import type { Waiter } from '@escapement/core';
import { titled } from './describe.js';
import { AT_ONCE, type AtOnce, SyncEvent } from './sync-event.js';
import { WaitLine } from './wait-line.js';

/** The event behind `signal.wait()`. */
export class SignalSet extends SyncEvent<void> {
  override get kind() {
    return 'signal-set' as const;
  }

  readonly #signal: Signal;

  /** @internal */
  constructor(signal: Signal) {
    super();
    this.#signal = signal;
  }

  /** @internal */
  override attempt(): AtOnce<void> | undefined {
    return this.#signal.isSet ? AT_ONCE : undefined;
  }

  /** @internal */
  override enter(waiter: Waiter<void>): void {
    this.#signal.enter(waiter);
  }

  /** @internal */
  override leave(): void {
    this.#signal.leave();
  }

  override toString(): string {
    return `SignalSet(${this.#signal})`;
  }
}

/**
 * Something that happens once, and has happened from then on. Any number of tasks wait for it.
 *
 * Cost: once it is set, to wait takes no time and does not concern the loop.
 * Cancellation: who waits and is cancelled is forgotten.
 *
 * @example
 * const ready = new Signal('ready');
 * yield* spawn(function* () { yield* ready.wait(); serve(); });
 * ready.set();
 */
export class Signal {
  readonly #line = new WaitLine<Waiter<void>>();
  readonly #wait = new SignalSet(this);
  #isSet = false;

  /** @param name for deadlock reports */
  constructor(readonly name?: string) {}

  get isSet(): boolean {
    return this.#isSet;
  }

  /** Lets all go on who wait, in the order in which they came. Setting it again does nothing. */
  set(): void {
    this.#isSet = true;
    for (const waiter of this.#line.takeAll()) waiter.resolve();
  }

  /** `yield* signal.wait()` waits until it is set. */
  wait(): SignalSet {
    return this.#wait;
  }

  /** @internal */
  enter(waiter: Waiter<void>): void {
    this.#line.add(waiter);
  }

  /** @internal */
  leave(): void {
    this.#line.leave();
  }

  /** `signal "ready"` */
  toString(): string {
    return titled('signal', this.name);
  }
}
