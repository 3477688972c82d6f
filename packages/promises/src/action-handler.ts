import { checkCallback, describe, EventHandler, InvalidArgumentError, type Waiter } from '@escapement/core';
import { Action, type Stoppable, type Undo } from './action.js';
import { both, type Failure, failureOf } from './failure.js';

/** Starts operations of the host that call back once: see `action`. */
export class ActionHandler extends EventHandler<Action> {
  static override readonly name: string = 'ActionHandler';
  override readonly handles = Action;
  override readonly needsHost = true;
  readonly #operations = new Map<Waiter<unknown>, Operation>();

  override arm({ start }: Action, waiter: Waiter<unknown>): void {
    const operation: Operation = { isBusy: true, isInterrupted: false, outcome: undefined };
    this.#operations.set(waiter, operation);
    const end = (outcome: Outcome) => {
      operation.outcome ??= outcome;
      if (!operation.isBusy) this.#finish(waiter, operation);
    };
    const failure = failureOf(() => {
      const undo = start(
        value => end({ value }),
        error => end({ error }),
        () => end(STOPPED),
      );
      Object.assign(operation, wayBack(undo));
    });
    operation.isBusy = false;
    operation.outcome = failure ?? operation.outcome;
    if (operation.outcome !== undefined) this.#finish(waiter, operation);
    // `start` has cancelled its own task, or ended the run.
    else if (operation.isInterrupted && this.#stop(waiter, operation)) waiter.reject(waiter.cancelled);
    else if (waiter.isSettled) throwIn(takeBack(operation));
  }

  /** What the undo throws goes to the task. */
  override interrupt(_event: Action, waiter: Waiter<unknown>): boolean {
    const operation = this.#operations.get(waiter)!;
    operation.isInterrupted = true;
    // Inside of `start`: whether it has to stop first is not known yet.
    return !operation.isBusy && this.#stop(waiter, operation);
  }

  /** The undo was called in `interrupt`, unless the run breaks. */
  override disarm(_event: Action, waiter: Waiter<unknown>): void {
    throwIn(this.#forget(waiter));
  }

  override inFlight(): number {
    return this.#operations.size;
  }

  /** Watches whose task has ended may have left some. */
  override close(): void {
    throwIn([...this.#operations.keys()].map(waiter => this.#forget(waiter)).reduce(both, undefined));
  }

  /** @returns whether the wait may end now: the operation is over, or need not stop first */
  #stop(waiter: Waiter<unknown>, operation: Operation): boolean {
    const { stop } = operation;
    if (stop !== undefined) {
      operation.isBusy = true;
      const failure = failureOf(() => stop(waiter.cancelled?.reason));
      operation.isBusy = false;
      operation.outcome = failure ?? operation.outcome;
      if (operation.outcome === undefined) return false;
      if (operation.outcome !== STOPPED) {
        this.#finish(waiter, operation);
        return false;
      }
    }
    const failure = this.#end(waiter);
    if (failure !== undefined) waiter.reject(failure.error);
    return true;
  }

  #finish(waiter: Waiter<unknown>, { outcome }: Operation): void {
    // Cancelled meanwhile: nobody waits.
    if (!this.#operations.has(waiter)) return;
    const failed = outcome !== undefined && 'error' in outcome ? outcome : undefined;
    const failure = both(failed, this.#end(waiter));
    if (failure !== undefined) waiter.reject(failure.error);
    else if (outcome === STOPPED) waiter.reject(waiter.cancelled);
    else waiter.resolve((outcome as { value: unknown }).value);
  }

  /** @returns what the undo threw */
  #end(waiter: Waiter<unknown>): Failure | undefined {
    const undo = this.#operations.get(waiter)?.undo;
    this.#operations.delete(waiter);
    return undo && failureOf(undo);
  }

  #forget(waiter: Waiter<unknown>): Failure | undefined {
    const operation = this.#operations.get(waiter);
    this.#operations.delete(waiter);
    // Inside of `start` its undo is not known yet: `arm` takes it back.
    return operation === undefined || operation.isBusy ? undefined : takeBack(operation);
  }
}

interface Operation {
  /** `start` or `stop` runs: when it has returned, the outcome is looked at. */
  isBusy: boolean;
  /** `interrupt` was called. */
  isInterrupted: boolean;
  outcome: Outcome | undefined;
  undo?: Undo;
  stop?: (reason: unknown) => void;
}

type Outcome = Failure | { readonly value: unknown } | typeof STOPPED;

/** The operation has ended because of the cancellation. */
const STOPPED = { stopped: true } as const;

/** @throws InvalidArgumentError if it is neither an undo, nor stoppable, nor nothing */
function wayBack(given: unknown): Pick<Operation, 'undo' | 'stop'> {
  if (given === undefined) return {};
  if (typeof given !== 'object' || given === null) return { undo: checkCallback('action', given as Undo, EXPECTED) };
  const stoppable = given as Stoppable;
  const { stop, undo } = stoppable;
  if (typeof stop !== 'function' || (undo !== undefined && typeof undo !== 'function'))
    throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', `action got ${describe(given)}, expected ${EXPECTED}.`);
  return {
    stop: reason => stop.call(stoppable, reason),
    ...(undo && { undo: () => undo.call(stoppable) }),
  };
}

const EXPECTED = 'as the undo that `start` returned a function, `{ stop, undo }`, or nothing';

/** The run breaks off: nobody waits until it has stopped. @returns what was thrown */
function takeBack({ stop, undo, isInterrupted }: Operation): Failure | undefined {
  const stopping = stop && !isInterrupted ? failureOf(() => stop(undefined)) : undefined;
  return both(stopping, undo && failureOf(undo));
}

function throwIn(failure: Failure | undefined): void {
  if (failure !== undefined) throw failure.error;
}
