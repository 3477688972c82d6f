import { checkCallback, EventHandler, type Waiter } from '@escapement/core';
import { Action, type Undo } from './action.js';
import { both, type Failure, failureOf } from './failure.js';

/** Starts operations of the host that call back once: see `action`. */
export class ActionHandler extends EventHandler<Action> {
  static override readonly name: string = 'ActionHandler';
  override readonly handles = Action;
  override readonly needsHost = true;
  readonly #operations = new Map<Waiter<unknown>, Operation>();

  override arm({ start }: Action, waiter: Waiter<unknown>): void {
    const operation: Operation = { isStarting: true, undo: undefined, outcome: undefined };
    this.#operations.set(waiter, operation);
    const end = (failure: Failure | undefined, value?: unknown) => {
      if (operation.outcome !== undefined) return;
      operation.outcome = { failure, value };
      if (!operation.isStarting) this.#finish(waiter, operation);
    };
    const failure = failureOf(() => {
      const undo = start(
        value => end(undefined, value),
        error => end({ error }),
      );
      if (undo !== undefined)
        operation.undo = checkCallback('action', undo, 'as the undo that `start` returned a function, or nothing');
    });
    operation.isStarting = false;
    if (failure !== undefined) operation.outcome = { failure, value: undefined };
    if (operation.outcome !== undefined) this.#finish(waiter, operation);
    // `start` has cancelled its own task.
    else if (waiter.isSettled) operation.undo?.();
  }

  /** What the undo throws goes to the task. */
  override interrupt(_event: Action, waiter: Waiter<unknown>): boolean {
    const failure = this.#end(waiter);
    if (failure !== undefined) waiter.reject(failure.error);
    return true;
  }

  /** The undo was called in `interrupt`, unless the run breaks. */
  override disarm(_event: Action, waiter: Waiter<unknown>): void {
    const failure = this.#end(waiter);
    if (failure !== undefined) throw failure.error;
  }

  override inFlight(): number {
    return this.#operations.size;
  }

  /** Watches whose task has ended may have left some. */
  override close(): void {
    const failures = [...this.#operations.keys()].map(waiter => this.#end(waiter));
    const failure = failures.reduce(both, undefined);
    if (failure !== undefined) throw failure.error;
  }

  #finish(waiter: Waiter<unknown>, { outcome }: Operation): void {
    // Cancelled meanwhile: nobody waits.
    if (!this.#operations.has(waiter)) return;
    const failure = both(outcome!.failure, this.#end(waiter));
    if (failure === undefined) waiter.resolve(outcome!.value);
    else waiter.reject(failure.error);
  }

  /** @returns what the undo threw */
  #end(waiter: Waiter<unknown>): Failure | undefined {
    const undo = this.#operations.get(waiter)?.undo;
    this.#operations.delete(waiter);
    return undo && failureOf(undo);
  }
}

interface Operation {
  /** `start` has not returned, so the undo is not known. */
  isStarting: boolean;
  undo: Undo | undefined;
  outcome: { readonly failure: Failure | undefined; readonly value: unknown } | undefined;
}
