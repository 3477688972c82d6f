import { programName } from '../events/body-of.js';
import type { Program, Yieldable } from '../events/coroutine.js';
import { LoopEvent } from '../events/loop-event.js';
import { EventHandler } from '../extension-points/event-handler.js';
import type { Task } from '../tasks/task.js';
import { ISOLATED, SHIELDED, SUPERVISOR } from '../tasks/task-spec.js';
import type { Waiter } from '../tasks/waiter.js';

/** The event behind `scope()`, `shield()` and `supervise()`: waits for the end of a task of its own, and cannot be interrupted. */
export class Scope<out T = unknown> extends LoopEvent<T> {
  override readonly kind = 'scope';

  /** @internal */
  constructor(
    readonly body: Program<T, LoopEvent>,
    readonly caller: 'scope' | 'shield' | 'supervise',
    readonly flags: number,
    readonly ended?: (child: Task) => void,
  ) {
    super();
  }

  override toString(): string {
    return `${this.caller}()`;
  }
}

/** @internal */
export class ScopeHandler extends EventHandler<Scope> {
  override readonly handles = Scope;

  override arm({ body, caller, flags, ended }: Scope, waiter: Waiter<unknown>): void {
    const parent = waiter.task!;
    try {
      const name = programName(body) ?? `${caller} of ${parent.name}`;
      parent.host.spawn({ body, caller, name, flags, ended }, parent).addJoiner(waiter);
    } catch (error) {
      waiter.reject(error);
    }
  }

  /** The cancellation goes to the task inside, and its end ends the wait. */
  override interrupt(): boolean {
    return false;
  }

  override startsWhenCancelled({ flags }: Scope): boolean {
    return (flags & SHIELDED) !== 0;
  }

  /** Never called. */
  override disarm(): void {}
}

/**
 * `yield* scope(body)` runs `body` in a task of its own and evaluates to its value once it and all the tasks that it
 * spawned are done. If any of them fails, the others are cancelled and the error is thrown here, to be caught: it does not
 * fail the calling task by itself. A cancellation of the caller cancels the scope; `Cancelled` is thrown here when all in it
 * have finished.
 *
 * @example
 * yield* scope(function* () {
 *   yield* spawn(left);
 *   yield* spawn(right);
 * });   // both are done here
 */
export function scope<T, E extends LoopEvent>(body: Program<T, E>): Yieldable<T, E | Scope> {
  return new Scope(body, 'scope', ISOLATED) as Yieldable<T, Scope>;
}

/**
 * Like `scope`, but a cancellation of the caller does not reach it: for a clean-up that must wait. The caller gets its
 * `Cancelled` at the next suspension after. Works in a task that is cancelled already. Bound what is in it with a timeout:
 * nothing else can end it.
 *
 * @example try { yield* serve(); } finally { yield* shield(saveState); }
 */
export function shield<T, E extends LoopEvent>(body: Program<T, E>): Yieldable<T, E | Scope> {
  return new Scope(body, 'shield', ISOLATED | SHIELDED) as Yieldable<T, Scope>;
}

export interface SuperviseOptions {
  /**
   * Called once with each task that `body` has spawned, when it and all below it are done; `task.result` says how. It has
   * then been told of the failure, which goes nowhere else; what it throws fails the scope.
   */
  readonly ended?: (task: Task) => void;
}

/**
 * Like `scope`, but the tasks that `body` spawns fail each for itself: the others and the body go on. Who joins one of them
 * gets its error; the errors that nobody was told of are thrown here at the end, so that none is lost. They are kept until
 * then: in what runs for long, give `ended`.
 *
 * @example
 * yield* supervise(function* () {
 *   for (const client of clients) yield* spawn(serve(client));
 * });
 */
export function supervise<T, E extends LoopEvent>(
  body: Program<T, E>,
  { ended }: SuperviseOptions = {},
): Yieldable<T, E | Scope> {
  return new Scope(body, 'supervise', ISOLATED | SUPERVISOR, ended) as Yieldable<T, Scope>;
}
