import { describe, isGenerator, isThenable } from './describe.js';
import type { LoopEvent } from './loop-event.js';

/** Every error of Escapement's own has a stable `code`, and a message that says who did what and the likely fix. */
export abstract class EscapementError extends Error {
  abstract readonly code: `ESC_${string}`;

  override get name(): string {
    return this.constructor.name;
  }
}

/** A task yielded an event that no handler serves. Thrown into the task. */
export class NoHandlerError extends EscapementError {
  override readonly code = 'ESC_NO_HANDLER';

  constructor(taskName: string, event: LoopEvent, installed: readonly string[], twin: string | undefined) {
    const list = installed.length > 0 ? installed.join(', ') : 'nothing';
    const fix =
      twin === undefined
        ? `Load the module that handles ${event.constructor.name} (it must bind its handler to EventHandler), or add its handler to the loop's \`handlers\`.`
        : `A handler serves another class ${twin} of the same kind '${event.kind}': two copies of its package are installed; \`npm dedupe\` leaves one.`;
    super(
      `task "${taskName}" yielded ${event.constructor.name}, which no handler serves. Handlers are installed for: ${list}. ${fix}`,
    );
  }
}

/** A task yielded something that is no event. Thrown into the task. */
export class NotAnEventError extends EscapementError {
  override readonly code = 'ESC_NOT_AN_EVENT';

  constructor(taskName: string, yielded: unknown) {
    super(`task "${taskName}" yielded ${describe(yielded)}, expected an event. ${adviceForYielded(yielded)}`);
  }
}

function adviceForYielded(yielded: unknown): string {
  if (yielded === undefined) return 'A bare `yield` waits for nothing; to let other tasks run, write `yield* pause()`.';
  if (isGenerator(yielded)) return 'To run a coroutine and wait for it, write `yield*` instead of `yield`.';
  if (isThenable(yielded)) {
    return 'To wait for a promise, write `yield* resolved(promise)`, from @escapement/promises.';
  }
  if (typeof yielded === 'function') return 'Call it, and write `yield*` in front: `yield* sleep(5)`.';
  if (typeof yielded === 'object' && yielded !== null && Symbol.iterator in yielded) {
    return 'Write `yield*` instead of `yield`.';
  }
  return 'Events are instances of a class that extends LoopEvent.';
}

/** `run` or `spawn` got something that is no coroutine. */
export class NotACoroutineError extends EscapementError {
  override readonly code = 'ESC_NOT_A_COROUTINE';

  constructor(caller: string, given: unknown) {
    super(`${caller} got ${describe(given)}, expected a coroutine or an event. ${adviceForProgram(caller, given)}`);
  }
}

function adviceForProgram(caller: string, given: unknown): string {
  if (typeof given === 'function') {
    return `Call it: ${caller}(${given.name || 'main'}()).`;
  }
  if (isThenable(given)) return 'Write `function*` instead of `async function`, and `yield*` instead of `await`.';
  return 'Pass what a `function*` returns.';
}

/** One coroutine was given to two tasks, or to a second one after the first was done. */
export class CoroutineReusedError extends EscapementError {
  override readonly code = 'ESC_COROUTINE_REUSED';

  constructor(caller: string, owner: string) {
    super(
      `${caller} got a coroutine that task "${owner}" already runs or ran. A coroutine runs once: call the generator function again for a new one.`,
    );
  }
}

/** Two handlers for one event class, found when the loop is built. */
export class DuplicateHandlerError extends EscapementError {
  override readonly code = 'ESC_DUPLICATE_HANDLER';

  constructor(eventName: string, first: string, second: string) {
    super(
      first === second
        ? `${first} is there twice, expected one handler for ${eventName}. Load its module once.`
        : `${first} and ${second} both handle ${eventName}, expected one handler for an event class. Leave one of their modules out.`,
    );
  }
}

/** The loop was built without a sleep strategy. */
export class NoStrategyError extends EscapementError {
  override readonly code = 'ESC_NO_STRATEGY';

  constructor() {
    super(
      'the loop has no sleep strategy, expected one. Load a strategy module, for instance setTimeoutModule from @escapement/strategies, or pass `strategy`.',
    );
  }
}

/** A handler and a strategy that cannot work together, found when the loop is built. */
export class IncompatiblePluginsError extends EscapementError {
  override readonly code = 'ESC_INCOMPATIBLE_PLUGINS';

  constructor(handler: string, strategy: string, waits: string) {
    super(
      `${handler} needs the host's own loop to run, but the strategy '${strategy}' ${waits} and never lets it. Use a strategy that yields to the host, for instance setTimeoutModule from @escapement/strategies.`,
    );
  }
}

/** A handler threw, or answered nonsense. */
export class HandlerError extends EscapementError {
  override readonly code = 'ESC_HANDLER_FAILED';

  /** @internal */
  constructor(handler: string, method: string, problem: string, cause?: unknown) {
    super(`${handler}.${method} ${problem}. This is a fault of the handler; a refusal goes to waiter.reject(error).`, {
      cause,
    });
  }
}

/** The sleep strategy threw, or did what its contract forbids. */
export class StrategyError extends EscapementError {
  override readonly code = 'ESC_STRATEGY_FAILED';

  constructor(strategy: string, problem: string, cause?: unknown) {
    super(`the strategy '${strategy}' ${problem}. This is a fault of the strategy.`, { cause });
  }
}

/** A strategy that says it gives up the thread comes back early for ever. */
export class StrategyStalledError extends EscapementError {
  override readonly code = 'ESC_STRATEGY_STALLED';

  constructor(strategy: string, waits: string, returns: number, elapsed: number) {
    super(
      `the strategy '${strategy}' (${waits}) returned early ${returns} times in a row within ${elapsed.toFixed(1)} ms of its clock, with no wakeup requested and nothing due. Sleep until the deadline or a wakeup, declare waits = 'spins', or let its clock move.`,
    );
  }
}

/** The scheduling policy threw, lost a task, or gave back one that it was not given. */
export class PolicyError extends EscapementError {
  override readonly code = 'ESC_POLICY_FAILED';

  constructor(policy: string, problem: string, cause?: unknown) {
    super(`the scheduling policy '${policy}' ${problem}. Each task added must come out of next() exactly once.`, {
      cause,
    });
  }
}

/** `run` or `runSync` of a loop that is running. */
export class LoopRunningError extends EscapementError {
  override readonly code = 'ESC_LOOP_RUNNING';

  constructor(caller: string) {
    super(
      `${caller} of a loop that is running already. Inside a coroutine use \`yield* spawn(...)\`; otherwise build a second loop.`,
    );
  }
}

/** `runSync` with a strategy that lets the host run, and so needs `run`. */
export class NotSynchronousError extends EscapementError {
  override readonly code = 'ESC_NOT_SYNCHRONOUS';

  constructor(strategy: string) {
    super(
      `runSync cannot use the strategy '${strategy}', which lets the host run while it sleeps. Use \`await loop.run(...)\`, or a strategy that spins or blocks.`,
    );
  }
}

/** Nothing is ready, no deadline is left and nothing outside can end a wait: nothing can ever happen again. */
export class DeadlockError extends EscapementError {
  override readonly code = 'ESC_DEADLOCK';

  /**
   * @internal
   * @param waits a line for each task: its name and what it waits for.
   * @param silent handlers that have something in flight, but no way to end a sleep of `strategy`.
   */
  constructor(
    readonly waits: readonly string[],
    silent: readonly string[] = [],
    strategy?: { readonly alias: string; readonly waits: string },
  ) {
    const reason = strategy === undefined ? 'no handler has anything in flight' : whyNobodyWakes(silent, strategy);
    const lines = waits.map(line => `  ${line}`).join('\n');
    super(`nothing can ever happen: no task is ready, no deadline is left and ${reason}.\n${lines}`);
  }
}

function whyNobodyWakes(silent: readonly string[], { alias, waits }: { alias: string; waits: string }): string {
  const handlers = silent.join(', ');
  if (waits === 'jumps') {
    return `the strategy '${alias}' waits for nothing real, as ${handlers} would have it: put a handler that answers by itself in its place, or take a strategy in real time, for instance atomicsWaitModule from @escapement/strategies`;
  }
  return `the strategy '${alias}' blocks until somebody requests the wakeup, which ${handlers} never does: override beforeSleep, or set needsHost if only the host can complete its waits`;
}

/**
 * Thrown into a task at its suspension points once it is cancelled. Let it pass; catch it only to clean up.
 *
 * It has no stack: taking one costs more than all the rest of a cancellation, and would show who resumed the task.
 */
export class Cancelled extends EscapementError {
  override readonly code = 'ESC_CANCELLED';

  /** @internal */
  constructor(
    taskName: string,
    readonly reason: unknown,
  ) {
    super(`task "${taskName}" was cancelled: ${describe(reason)}`, { cause: reason });
  }

  /** @internal */
  static withoutStack(taskName: string, reason: unknown): Cancelled {
    const { stackTraceLimit } = Error as { stackTraceLimit?: number };
    (Error as { stackTraceLimit?: number }).stackTraceLimit = 0;
    const cancelled = new Cancelled(taskName, reason);
    if (stackTraceLimit !== undefined) (Error as { stackTraceLimit?: number }).stackTraceLimit = stackTraceLimit;
    return cancelled;
  }
}

/** A task went on and on after it was cancelled, and was ended by force. It fails with this. */
export class CancellationIgnoredError extends EscapementError {
  override readonly code = 'ESC_CANCELLATION_IGNORED';

  /** @internal */
  constructor(taskName: string, event: string, times: number, cause: unknown) {
    super(
      `task "${taskName}" was cancelled, and went on ${times} times all the same, the last time to ${event}. It was ended by force; its \`finally\` blocks did not run. Let Cancelled pass, and put what must still wait into shield(...).`,
      { cause },
    );
  }
}

/** `getContext` of a key that nobody gave a value and that has no initial one. */
export class NoContextError extends EscapementError {
  override readonly code = 'ESC_NO_CONTEXT';

  /** @internal */
  constructor(taskName: string, key: string) {
    super(
      `task "${taskName}" read the context "${key}", which has no value. Run it inside withContext(key, value, ...), or give the key an initial value.`,
    );
  }
}

/** Thrown by `join` of a task that was cancelled: the joined one, not the one that joins. */
export class TaskCancelledError extends EscapementError {
  override readonly code = 'ESC_TASK_CANCELLED';

  constructor(taskName: string, cause: unknown) {
    super(
      `joined task "${taskName}", which was cancelled and has no value. Look at task.result instead, or do not join it.`,
      {
        cause,
      },
    );
  }
}
