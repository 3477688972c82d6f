import { eventName, ImmediateEvent, type Task, type Waiter, type WaitQueue } from '@escapement/core';

/** The lock, queue, ... that an event waits for. */
export interface SyncSource {
  /** @internal Of waiters for its result. */
  readonly waiting: WaitQueue<Waiter>;
  toString(): string;
}

/**
 * An event of this package: it stores which lock, queue, ... it waits for, and that object keeps its waiters.
 *
 * If it need not wait, `yield*` goes on at once: see `ImmediateEvent`.
 */
export abstract class SyncEvent<out R = unknown> extends ImmediateEvent<R> {
  static override readonly name: string = 'SyncEvent';
  static override readonly servedBy: string = 'syncModule of @escapement/sync/module';
  /** A brand: without it, every event would have this type. The field does not exist at run time. */
  protected declare readonly _isSync: true;

  /** @internal Called after an attempt that failed. */
  abstract enqueue(waiter: Waiter<R>): void;

  /** @internal Called when one of the enqueued waiters was abandoned. */
  abstract abandoned(): void;

  /** @internal Called when a task was cancelled that waited for it, after `abandoned`, or that would have had to wait. */
  cancelled(): void {}

  /** @internal The tasks that are known to hold what it waits for. */
  blockers(): Iterable<Task> {
    return [];
  }
}

/** An event that waits in the wait queue of its source. */
export abstract class SourceEvent<out R, S extends SyncSource> extends SyncEvent<R> {
  /** @internal */
  constructor(
    /** @internal */
    readonly source: S,
  ) {
    super();
  }

  /** @internal */
  override enqueue(waiter: Waiter<R>): void {
    this.source.waiting.add(waiter);
  }

  /** @internal */
  override abandoned(): void {
    this.source.waiting.abandoned();
  }

  override toString(): string {
    return `${eventName(this)}(${this.source})`;
  }
}
