import { EventHandler } from '../extension-points/event-handler.js';
import { ANSWERED, type Answer, ImmediateEvent } from '../tasks/immediate-event.js';
import type { Waiter } from '../tasks/waiter.js';

/** While you hold it, a run goes on that waits for callbacks of the host alone. Made by `loop.keepAlive()`. */
export interface KeepAlive {
  /** Lets the run end when its programs have. Does nothing the second time, or once the run is over. */
  release(): void;
}

/** @internal What a task waits for that only host code ends. */
export class HostRelease extends ImmediateEvent<void> implements KeepAlive {
  override readonly kind = 'host-release';
  #isReleased = false;
  /** @internal */
  waiter: Waiter<void> | undefined = undefined;

  override attempt(): Answer<void> | undefined {
    return this.#isReleased ? ANSWERED : undefined;
  }

  release(): void {
    this.#isReleased = true;
    this.waiter?.resolve(undefined);
    this.waiter = undefined;
  }

  override toString(): string {
    return 'release()';
  }
}

/** @internal */
export class HostReleaseHandler extends EventHandler<HostRelease> {
  override readonly handles = HostRelease;

  override arm(event: HostRelease, waiter: Waiter<void>): void {
    event.waiter = waiter;
  }

  override disarm(event: HostRelease): void {
    event.waiter = undefined;
  }
}
