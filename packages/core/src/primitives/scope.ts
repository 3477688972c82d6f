import { checkArgument, checkCallback } from '../errors/invalid-argument-error.js';
import { programName } from '../events/body-of.js';
import type { Program, Yieldable } from '../events/coroutine.js';
import type { LoopEvent } from '../events/loop-event.js';
import { placeIfNoProgram } from '../events/unplaced.js';
import { SelfServedEvent } from '../tasks/self-served-event.js';
import type { Task } from '../tasks/task.js';
import { ISOLATED, SCOPE, SHIELDED, SUPERVISOR } from '../tasks/task-spec.js';
import type { Waiter } from '../tasks/waiter.js';

/** The event of `scope()`, `shield()` and `supervise()`: runs the body in a task of its own and waits for its end. */
export class Scope<out T = unknown> extends SelfServedEvent<T> {
  override readonly kind = 'scope';

  /** @internal */
  constructor(
    readonly body: Program<T, LoopEvent>,
    readonly caller: 'scope' | 'shield' | 'supervise',
    readonly flags: number,
    readonly ended?: (child: Task) => void,
    readonly shown: string = caller,
  ) {
    super();
  }

  /** @internal Of the task. */
  get name(): string | undefined {
    return programName(this.body);
  }

  override arm(waiter: Waiter<unknown>): void {
    const parent = waiter.task!;
    try {
      parent.host.spawn(this, parent).addJoiner(waiter);
    } catch (error) {
      placeIfNoProgram(error);
      waiter.reject(error);
    }
  }

  /** The task inside is cancelled, too; the wait ends when that has ended. */
  override interrupt(): boolean {
    return false;
  }

  override startsWhenCancelled(): boolean {
    return (this.flags & SHIELDED) !== 0;
  }

  /** Not called, because `interrupt` refuses. */
  override disarm(): void {}

  override toString(): string {
    return `${this.shown}()`;
  }
}

/** What a scope does when a task in it ends. */
export interface ScopeOptions {
  /**
   * Called once for each task that `body` spawned, when the task and its children have ended; see `task.result`. Be quick,
   * and only settle waiters or cancel tasks. What the function throws fails the scope.
   */
  readonly ended?: (task: Task) => void;
  /** What messages call it, if it serves a function of another name: `'timeout'`. Default: its own name. */
  readonly caller?: string;
}

/**
 * `yield* scope(body)` runs `body` in a task of its own. It evaluates to the body's value when the body and all tasks that
 * it spawned have ended. If one of them fails, the others are cancelled, and the error is thrown here, where you can catch
 * it. If the caller is cancelled, so is the scope; `Cancelled` is thrown here when all its tasks have ended.
 *
 * @example
 * yield* scope(function* () {
 *   yield* spawn(left);
 *   yield* spawn(right);
 * });   // both are done here
 */
export function scope<T, E extends LoopEvent>(
  body: Program<T, E>,
  options: ScopeOptions = NO_OPTIONS,
): Yieldable<T, E | Scope> {
  return scopeOf('scope', body, PLAIN, options);
}

const NO_OPTIONS: ScopeOptions = {};
/** The flags of all three. */
const PLAIN = ISOLATED | SCOPE;

function scopeOf<T>(
  name: 'scope' | 'supervise',
  body: Program<T, LoopEvent>,
  flags: number,
  options: ScopeOptions,
): Yieldable<T, Scope> {
  if (options === NO_OPTIONS) return new Scope(body, name, flags) as Yieldable<T, Scope>;
  const { ended, caller } = checkArgument(name, options, 'object', 'an object of options');
  if (ended !== undefined) checkCallback(`ended of ${name}`, ended, 'a function that takes a task');
  if (caller !== undefined) checkArgument(`${name} for its caller`, caller, 'string', 'the name of a function');
  return new Scope(body, name, flags, ended, caller) as Yieldable<T, Scope>;
}

/**
 * Like `scope`, but a cancellation of the caller does not reach it: for clean-up that must wait. The caller gets
 * `Cancelled` at its next suspension. Works in a cancelled task, where nothing else that waits does: so put a limit inside, and not
 * around it. Nothing else can end it, unless the run breaks, because a plugin failed or nothing can ever happen.
 *
 * @example try { yield* serve(); } finally { yield* shield(timeout(1000, saveState)); }
 */
export function shield<T, E extends LoopEvent>(body: Program<T, E>): Yieldable<T, E | Scope> {
  return new Scope(body, 'shield', PLAIN | SHIELDED) as Yieldable<T, Scope>;
}

/**
 * Whether a task runs the body of a `scope`, a `shield` or a `supervise`, for whose end its parent waits: to find out who waits
 * for whom.
 *
 * @example if (isScope(task)) report(`${task.parent?.name} waits for ${task.name}`);
 */
export function isScope(task: Task): boolean {
  return task.has(SCOPE);
}

/** What a supervisor does when a task ends: as in `scope`; and a failure then counts as handled. */
export type SuperviseOptions = ScopeOptions;

/**
 * Like `scope`, but if a task that `body` spawned fails, the others and the body go on. Its joiners get the error. Errors
 * without a joiner are thrown here at the end. They take memory until then: in a long run, pass `ended`.
 *
 * @example
 * yield* supervise(function* () {
 *   for (const client of clients) yield* spawn(serve(client));
 * });
 * @throws InvalidArgumentError for wrong options
 */
export function supervise<T, E extends LoopEvent>(
  body: Program<T, E>,
  options: SuperviseOptions = NO_OPTIONS,
): Yieldable<T, E | Scope> {
  return scopeOf('supervise', body, PLAIN | SUPERVISOR, options);
}
