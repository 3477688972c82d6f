import { EventHandler, handlerModule, LoopEvent, type Waiter } from 'escapement';

/** A flag that is raised once and stays raised; any number of tasks can wait for that. */
export class Flag {
  readonly #waiters = new Set<Waiter<void>>();
  #isRaised = false;

  /** `yield* flag.raised()` waits until the flag is raised. */
  raised(): Raised {
    return new Raised(this);
  }

  raise(): void {
    this.#isRaised = true;
    this.#settleAll(waiter => waiter.resolve());
  }

  /** Ends every present wait: `yield*` throws `error`. */
  refuse(error: unknown): void {
    this.#settleAll(waiter => waiter.reject(error));
  }

  add(waiter: Waiter<void>): void {
    if (this.#isRaised) waiter.resolve();
    else this.#waiters.add(waiter);
  }

  remove(waiter: Waiter<void>): void {
    this.#waiters.delete(waiter);
  }

  #settleAll(settle: (waiter: Waiter<void>) => void): void {
    this.#waiters.forEach(settle);
    this.#waiters.clear();
  }
}

export class Raised extends LoopEvent<void> {
  static override readonly servedBy: string = 'flagModule of ./flag.js';
  override readonly kind = 'raised';

  constructor(readonly flag: Flag) {
    super();
  }
}

export class FlagHandler extends EventHandler<Raised> {
  override readonly handles = Raised;

  override arm(event: Raised, waiter: Waiter<void>): void {
    event.flag.add(waiter);
  }

  override disarm(event: Raised, waiter: Waiter<void>): void {
    event.flag.remove(waiter);
  }
}

export const flagModule = handlerModule(FlagHandler);
