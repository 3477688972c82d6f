import { eventName, ImmediateEvent, type Waiter, type WaitQueue } from '@escapement/core';

/** What an event of this package is about. */
export interface SyncSource<R> {
  /** @internal */
  readonly waiting: WaitQueue<Waiter<R>>;
  toString(): string;
}

/**
 * An event of this package. It stores which lock or queue it is about, and that knows how to wait.
 *
 * If there is nothing to wait for, `yield*` goes on at once: see `ImmediateEvent`.
 */
export abstract class SyncEvent<out R = unknown> extends ImmediateEvent<R> {
  static override readonly name: string = 'SyncEvent';
  /** For the type checker, to which every event would look like one of these otherwise; there is no such field. */
  protected declare readonly _isSync: true;

  /** @internal After an attempt in vain: `waiter` joins the queue. */
  abstract enter(waiter: Waiter<R>): void;

  /** @internal One of the waiters in the queue was abandoned. */
  abstract leave(): void;
}

/** An event that waits in the queue of its source. */
export abstract class SourceEvent<out R, S extends SyncSource<R>> extends SyncEvent<R> {
  /** @internal */
  constructor(
    /** @internal */
    readonly source: S,
  ) {
    super();
  }

  /** @internal */
  override enter(waiter: Waiter<R>): void {
    this.source.waiting.add(waiter);
  }

  /** @internal */
  override leave(): void {
    this.source.waiting.abandoned();
  }

  override toString(): string {
    return `${eventName(this)}(${this.source})`;
  }
}
