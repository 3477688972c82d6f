import { type Instant, LoopEvent } from 'escapement';

/** Happens when a point in time is reached. */
export class AsyncSleep extends LoopEvent<void> {
  override readonly kind = 'async-sleep';

  constructor(readonly until: Instant) {
    super();
  }

  override toString(): string {
    return `${this.constructor.name}(until=${this.until.toFixed(1)})`;
  }
}
