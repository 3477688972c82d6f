import { checkCallback, LoopEvent } from '@escapement/core';

/** Takes back what `start` did: removes listeners, closes, aborts. */
export type Undo = () => void;

/** An operation that has to stop before its wait may end. */
export interface Stoppable {
  /**
   * The task was cancelled: make the operation stop. Called once at most. The wait goes on until the operation calls back:
   * `stopped` if it ended because of this, otherwise with its value or its error. If `stop` throws, the wait ends with that error.
   *
   * @param reason of the cancellation; undefined if the wait alone was cancelled
   */
  stop(reason: unknown): void;
  /** Called once when the operation is over, as the undo of one that cannot be stopped. */
  undo?(): void;
}

/**
 * Starts an operation that calls one of the functions back when it is over, and returns what takes it back, if anything.
 *
 * @param stopped says that a `Stoppable` has stopped because of the cancellation
 */
export type Start<out T> = (
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
  stopped: () => void,
  // biome-ignore lint/suspicious/noConfusingVoidType: so that a start may return nothing
) => Undo | Stoppable | void;

/** The event of `action()`. */
export class Action<out T = unknown> extends LoopEvent<T> {
  static override readonly name: string = 'Action';
  static override readonly servedBy: string = 'promiseModule of @escapement/promises/module';

  override get kind() {
    return 'action' as const;
  }

  /** @throws InvalidArgumentError if `start` is not a function */
  constructor(readonly start: Start<T>) {
    super();
    checkCallback('action', start, 'a function that starts the operation and returns its undo');
  }
}

/**
 * An operation of the host that calls back once. `yield* action(start)` calls `start`, waits until one of its functions is
 * called, and evaluates to the value or throws the error. The first call counts, also one inside of `start`; later calls do
 * nothing.
 *
 * The undo is called exactly once for each wait, however that ends: after the callback, and at once when the task is
 * cancelled. So it may remove listeners, and must bear that the operation is over. An error that it throws is thrown at the
 * `yield*`, in place of the value or of `Cancelled`; beside an error of the operation, in an `AggregateError`. If `start`
 * throws, `yield*` throws that error, and there is no undo.
 *
 * An operation that takes time to stop returns `{ stop, undo }` instead: see `Stoppable`. When the task is cancelled, `stop` is
 * called, and the wait goes on until the operation has called back.
 *
 * It needs `promiseModule`, and a strategy that lets the host run. Each `yield*` of the event starts the operation anew. Reports
 * show the name of `start`.
 *
 * @throws InvalidArgumentError at the call if `start` is not a function, at the `yield*` if the undo is none
 * @example
 * const connected = (socket: Socket) => action<void>((resolve, reject) => {
 *   socket.once('connect', resolve).once('error', reject);
 *   return () => socket.off('connect', resolve).off('error', reject);
 * });
 * yield* timeout(500, connected(socket));
 */
export function action<T>(start: Start<T>): Action<T> {
  return new Action(start);
}
