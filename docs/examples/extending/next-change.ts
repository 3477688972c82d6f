import { type FSWatcher, watch } from 'node:fs';
import { EventHandler, handlerModule, LoopEvent, type Waiter } from 'escapement';

/** `yield* nextChange(folder)` evaluates to the name of the next file that changes there. */
export function nextChange(folder: string): NextChange {
  return new NextChange(folder);
}

export class NextChange extends LoopEvent<string> {
  override readonly kind = 'next-change';

  constructor(readonly folder: string) {
    super();
  }
}

// #region handler
export class NextChangeHandler extends EventHandler<NextChange> {
  override readonly handles = NextChange;
  override readonly needsHost = true;
  readonly #watchers = new Map<Waiter<string>, FSWatcher>();

  override arm({ folder }: NextChange, waiter: Waiter<string>): void {
    try {
      const watcher = watch(folder, (_change, name) => this.#settle(waiter, () => waiter.resolve(name ?? folder)));
      watcher.on('error', error => this.#settle(waiter, () => waiter.reject(error)));
      this.#watchers.set(waiter, watcher);
    } catch (error) {
      waiter.reject(error); // there is no such folder
    }
  }

  override disarm(_event: NextChange, waiter: Waiter<string>): void {
    this.#watchers.get(waiter)?.close();
    this.#watchers.delete(waiter);
  }

  override inFlight(): number {
    return this.#watchers.size;
  }

  // A second change may come before the watcher is closed.
  #settle(waiter: Waiter<string>, settle: () => void): void {
    if (!this.#watchers.has(waiter)) return;
    this.#watchers.get(waiter)?.close();
    this.#watchers.delete(waiter);
    settle();
  }
}
// #endregion handler

export const nextChangeModule = handlerModule(NextChangeHandler);
