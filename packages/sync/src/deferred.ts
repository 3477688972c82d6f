import { type Answer, checkArgument, type Sent, type TaskResult, type Waiter, WaitQueue } from '@escapement/core';
import { Titled, titled } from './describe.js';
import { SourceEvent } from './sync-event.js';

/** The event behind `deferred.wait()`. */
export class DeferredSettled<out T = unknown> extends SourceEvent<T, Deferred<T>> {
  override get kind() {
    return 'deferred-settled' as const;
  }

  override attempt(): Answer<T> | undefined {
    const { result } = this.source;
    if (result.state === 'failed') throw result.error;
    return result.state === 'pending' ? undefined : { done: true, value: result.value };
  }
}

/** What a deferred is called. */
export interface DeferredOptions {
  /** For deadlock reports. */
  readonly name?: string;
}

/** What a deferred was settled with, or that it was not yet. */
export type DeferredResult<T> = Exclude<TaskResult<T>, { readonly state: 'cancelled' }>;

const PENDING = { state: 'pending' } as const;

/**
 * A value or an error that comes later, once. Any number of tasks wait for it; any code settles it: a task, or the host, before
 * or during a run.
 *
 * An error fails only tasks that wait, now or later. So whoever rejects and does not know whether a task will ever wait looks
 * at the error, too: nobody else reports it. It stays in `result`.
 *
 * The loop does not know that host code will settle it. If nothing else keeps the run from ending, it ends with a
 * `DeadlockError` that names the deferred.
 *
 * Cost: once it is settled, a wait returns at once, without the loop.
 * Cancellation: a cancelled waiter is removed; the deferred is not settled by that.
 *
 * @example
 * const port = new Deferred<number>({ name: 'port' });
 * server.on('listening', () => port.resolve(server.address().port));
 * server.on('error', error => port.reject(error));
 * yield* connect(yield* port.wait());
 */
export class Deferred<out T = void> extends Titled {
  /** @internal */
  readonly waiting = new WaitQueue<Waiter>();
  readonly #wait: DeferredSettled<T> = new DeferredSettled(this);
  /** For deadlock reports. */
  readonly name: string | undefined;
  #result: DeferredResult<T> = PENDING;

  /** @throws InvalidArgumentError */
  constructor(options: DeferredOptions = {}) {
    super();
    this.name = checkArgument('new Deferred', options, 'object', 'an object of options, like { name }').name;
  }

  /** Whether it has a value or an error: then `wait()` does not wait. */
  get isSettled(): boolean {
    return this.#result !== PENDING;
  }

  /** Its value or its error, or that it has none yet. Never throws. */
  get result(): DeferredResult<T> {
    return this.#result;
  }

  /** `yield* deferred.wait()` waits until it is settled, and evaluates to the value or throws the error. */
  wait(): DeferredSettled<T> {
    return this.#wait;
  }

  /** `yield* deferred` waits for it, so it is a program: `timeout(50, deferred)`. */
  [Symbol.iterator](): Iterator<DeferredSettled<T>, T, Sent> {
    return this.#wait[Symbol.iterator]();
  }

  /** Settles it with a value. @returns false if it was settled before: then nothing changes */
  resolve(value: T): boolean {
    return this.#settle({ state: 'succeeded', value }, waiter => waiter.resolve(value as never));
  }

  /** Settles it with an error. @returns false if it was settled before: the error is still yours */
  reject(error: unknown): boolean {
    return this.#settle({ state: 'failed', error }, waiter => waiter.reject(error));
  }

  #settle(result: DeferredResult<T>, tell: (waiter: Waiter) => void): boolean {
    if (this.isSettled) return false;
    this.#result = result;
    for (const waiter of this.waiting.takeAll()) tell(waiter);
    return true;
  }

  /** `deferred "port"` */
  override toString(): string {
    return titled('deferred', this.name);
  }
}
