import { checkCallback, LoopEvent } from '@escapement/core';

/** Takes back what `start` did: removes listeners, closes, aborts. */
export type Undo = () => void;

/** Starts an operation that calls one of the two functions back when it is over, and returns what takes it back, if anything. */
// biome-ignore lint/suspicious/noConfusingVoidType: so that a start may return nothing
export type Start<out T> = (resolve: (value: T) => void, reject: (error: unknown) => void) => Undo | void;

/** The event of `action()`. */
export class Action<out T = unknown> extends LoopEvent<T> {
  static override readonly name: string = 'Action';

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
 * An operation of the host that calls back once. `yield* action(start)` calls `start`, waits until one of its two functions is
 * called, and evaluates to the value or throws the error. The first call counts, also one inside of `start`; later calls do
 * nothing.
 *
 * The undo is called exactly once for each wait, however that ends: after the callback, and at once when the task is
 * cancelled. So it may remove listeners, and must bear that the operation is over. An error that it throws is thrown at the
 * `yield*`, in place of the value or of `Cancelled`; beside an error of the operation, in an `AggregateError`. If `start`
 * throws, `yield*` throws that error, and there is no undo.
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
