import { ANSWERED, type Answer } from '../tasks/immediate-event.js';
import { SelfServedEvent } from '../tasks/self-served-event.js';
import type { Waiter } from '../tasks/waiter.js';

/** While you hold it, a run goes on that waits for callbacks of the host alone. Made by `loop.keepAlive()`. */
export interface KeepAlive {
  /** Lets the run end when its programs have. Does nothing the second time, or once the run is over. */
  release(): void;
}

/** @internal What a task waits for that only host code ends. */
export class HostRelease extends SelfServedEvent<void> implements KeepAlive {
  override readonly kind = 'host-release';
  #isReleased = false;
  #waiter: Waiter<unknown> | undefined = undefined;

  override attempt(): Answer<void> | undefined {
    return this.#isReleased ? ANSWERED : undefined;
  }

  release(): void {
    this.#isReleased = true;
    this.#waiter?.resolve(undefined);
    this.#waiter = undefined;
  }

  override arm(waiter: Waiter<unknown>): void {
    this.#waiter = waiter;
  }

  override disarm(): void {
    this.#waiter = undefined;
  }

  override toString(): string {
    return 'release()';
  }
}
