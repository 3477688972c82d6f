import { type Clock, EventHandler, type Instant, LoopEvent, type Waiter } from '@escapement/core';

/** The kit's own timer, so that tests of other plugins need none: happens at an instant. */
export class Alarm extends LoopEvent<void> {
  override readonly kind = 'conformance-alarm';

  constructor(readonly until: Instant) {
    super();
  }
}

export class AlarmHandler extends EventHandler<Alarm> {
  override readonly handles = Alarm;
  readonly #waiting = new Map<Waiter<void>, Instant>();

  override arm({ until }: Alarm, waiter: Waiter<void>): void {
    this.#waiting.set(waiter, until);
  }

  override disarm(_event: Alarm, waiter: Waiter<void>): void {
    this.#waiting.delete(waiter);
  }

  override poll(now: Instant): void {
    const due = [...this.#waiting].filter(([, until]) => until <= now).sort(([, a], [, b]) => a - b);
    for (const [waiter] of due) {
      this.#waiting.delete(waiter);
      waiter.resolve();
    }
  }

  override nextDeadline(): Instant {
    return Math.min(...this.#waiting.values());
  }

  override close(): void {
    this.#waiting.clear();
  }
}

/** An alarm so many milliseconds from now. */
export function alarmIn(clock: Clock, duration: number): Alarm {
  return new Alarm(clock.now() + duration);
}
