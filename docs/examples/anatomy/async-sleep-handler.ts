import { EventHandler, type Instant, LoopModule, type Waiter } from 'escapement';
import { AsyncSleep } from './async-sleep.js';

/** Knows how to wait for `AsyncSleep`. The shipped `SleepHandler` does the same with a better queue. */
export class AsyncSleepHandler extends EventHandler<AsyncSleep> {
  override readonly handles = AsyncSleep;
  readonly #sleepers = new Map<Waiter<void>, Instant>();

  override arm(event: AsyncSleep, waiter: Waiter<void>): void {
    this.#sleepers.set(waiter, event.until);
  }

  override disarm(_event: AsyncSleep, waiter: Waiter<void>): void {
    this.#sleepers.delete(waiter);
  }

  override poll(now: Instant): void {
    for (const [waiter, until] of this.#sleepers) {
      if (until > now) continue;
      this.#sleepers.delete(waiter);
      waiter.resolve();
    }
  }

  override nextDeadline(): Instant {
    return Math.min(...this.#sleepers.values());
  }
}

export const asyncSleepModule = new LoopModule<AsyncSleep>(({ bind }) => {
  bind(EventHandler).to(AsyncSleepHandler).inSingletonScope();
});
