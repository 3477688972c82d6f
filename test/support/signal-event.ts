import { EventHandler, LoopEvent, type Waiter } from 'escapement';

/** An event that the test itself completes. */
export class Signal<R = void> extends LoopEvent<R> {
  readonly kind = 'signal';
}

/** Records its calls, in order; the test settles the waiters. */
export class SignalHandler extends EventHandler<Signal<unknown>> {
  override readonly handles = Signal;
  readonly waiting = new Map<Signal<unknown>, Waiter<unknown>>();
  readonly log: string[] = [];
  outside = 0;

  override arm(event: Signal<unknown>, waiter: Waiter<unknown>): void {
    this.log.push('arm');
    this.waiting.set(event, waiter);
  }

  override disarm(event: Signal<unknown>, waiter: Waiter<unknown>): void {
    this.log.push(this.waiting.get(event) === waiter ? 'disarm' : 'disarm of a stranger');
    this.waiting.delete(event);
  }

  override inFlight(): number {
    return this.outside;
  }

  override close(): void {
    this.log.push('close');
  }
}
