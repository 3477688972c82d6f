import { classNameOf, describe, has, isThenable, safely, shorten, shownName, tagOf } from '../errors/describe.js';
import { EscapementError } from '../errors/escapement-error.js';
import { adviceForCopy, otherCopyOf } from '../events/core-copy.js';
import { eventName, type LoopEvent } from '../events/loop-event.js';

const MOST_SHOWN = 20;

/** A task yielded an event without a handler. Thrown into the task. */
export class NoHandlerError extends EscapementError {
  static override readonly name = 'NoHandlerError';
  override readonly code = 'ESC_NO_HANDLER';

  /** @param namesake a class that a handler serves, and that may be the event's, of another copy of its package */
  constructor(taskName: string, event: LoopEvent, installed: readonly string[], namesake?: string) {
    const shown = installed.slice(0, MOST_SHOWN);
    if (installed.length > MOST_SHOWN) shown.push(`${installed.length - MOST_SHOWN} more`);
    const list = installed.length > 0 ? shown.join(', ') : 'nothing';
    const fix = namesake === undefined ? adviceForUnhandled(event) : adviceForNamesake(namesake);
    super(
      `task "${taskName}" yielded ${describe(event)}, which no handler serves. ${fix} Handlers are installed for: ${list}.`,
    );
  }
}

function adviceForUnhandled(event: LoopEvent): string {
  const servedBy = safely(() => (event.constructor as typeof LoopEvent).servedBy);
  if (typeof servedBy === 'string' && servedBy !== '') {
    return `Add ${shorten(servedBy)} to the modules of this loop, or its handler to the loop's \`handlers\`.`;
  }
  const kind = describe(safely(() => event.kind));
  return `It is of the class ${classNameOf(event)}, kind ${kind}. Load the module that handles ${eventName(event)} (it must bind its handler to EventHandler), or add its handler to the loop's \`handlers\`.`;
}

function adviceForNamesake(namesake: string): string {
  return `A handler serves another class ${namesake}. If both are of one package, two copies of it are installed: \`npm dedupe\` leaves one; a package that shares events with its users must name theirs in its peerDependencies.`;
}

/** A task yielded a value that is no event. Thrown into the task. */
export class NotAnEventError extends EscapementError {
  static override readonly name = 'NotAnEventError';
  override readonly code = 'ESC_NOT_AN_EVENT';

  constructor(taskName: string, yielded: unknown) {
    super(`task "${taskName}" yielded ${describe(yielded)}, expected an event. ${adviceForYielded(yielded)}`);
  }
}

function adviceForYielded(yielded: unknown): string {
  const copy = otherCopyOf(yielded);
  if (copy !== undefined) return adviceForCopy(copy);
  if (yielded === undefined) return 'A bare `yield` waits for nothing; to let other tasks run, write `yield* pause()`.';
  if (tagOf(yielded) === 'Generator') return 'To run a coroutine and wait for it, write `yield*` instead of `yield`.';
  if (typeof yielded === 'function') return 'Call it, and write `yield*` in front: `yield* sleep(5)`.';
  if (safely(() => Array.isArray(yielded))) return 'To run all its items at once, write `yield* all([...])`.';
  // Before the promise: a task is both.
  if (has(yielded, Symbol.iterator)) return 'Write `yield*` instead of `yield`.';
  if (isThenable(yielded)) {
    return 'To wait for a promise, write `yield* resolved(promise)`, from @escapement/promises.';
  }
  return 'An event is what a function like `sleep(5)` returns: an instance of a class that extends LoopEvent. For all items of a list write `yield* all(list)`.';
}

/** `run` or `runSync` was called while the loop runs; or `loop.spawn`, while a run starts or closes its plugins. */
export class LoopRunningError extends EscapementError {
  static override readonly name = 'LoopRunningError';
  override readonly code = 'ESC_LOOP_RUNNING';

  constructor(caller: string, isStarting = false) {
    const state = isStarting ? 'is starting: its root task does not exist yet' : 'is running already';
    super(
      `${caller} of a loop that ${state}. Inside a coroutine use \`yield* spawn(...)\`; otherwise build a second loop.`,
    );
  }
}

/** `loop.keepAlive` was called although no code of the host runs until the run ends. */
export class HostBlockedError extends EscapementError {
  static override readonly name = 'HostBlockedError';
  override readonly code = 'ESC_HOST_BLOCKED';

  /** @internal */
  constructor({ alias, waits }: { readonly alias: string; readonly waits: string }) {
    super(
      `keepAlive was asked of a loop whose strategy '${shownName(alias)}' ${waits}: the host stands still until the run ends, so no callback of it can come. Use a strategy that lets the host run, such as setTimeoutModule from @escapement/strategies/module, or, if the strategy spins or blocks, start the run with \`{ hostTurns: 50 }\`.`,
    );
  }
}

/** `runSync` was called with a strategy that lets the host run. */
export class NotSynchronousError extends EscapementError {
  static override readonly name = 'NotSynchronousError';
  override readonly code = 'ESC_NOT_SYNCHRONOUS';

  constructor(strategy: string) {
    super(
      `runSync cannot use the strategy '${shownName(strategy)}', which lets the host run while it sleeps. Use \`await loop.run(...)\`, or a strategy that spins or blocks.`,
    );
  }
}

/** No task is ready, no deadline is left and nothing is in flight: no task can ever run again. */
export class DeadlockError extends EscapementError {
  static override readonly name = 'DeadlockError';
  override readonly code = 'ESC_DEADLOCK';

  /**
   * @internal
   * @param waits a line for each task: its name and what it waits for
   * @param canHostRun whether callbacks of the host could have ended a wait, if the loop had gone on
   * @param silent the handlers with waits in flight, none of which can end a sleep of `strategy`
   */
  constructor(
    readonly waits: readonly string[],
    canHostRun: boolean,
    silent: readonly string[] = [],
    strategy?: { readonly alias: string; readonly waits: string },
  ) {
    const reason = strategy === undefined ? 'no handler has anything in flight' : whyNothingWakes(silent, strategy);
    const lines = waits.map(line => `  ${line}`).join('\n');
    const advice = canHostRun ? KEEP_ALIVE_ADVICE : '';
    super(`nothing can ever happen: no task is ready, no deadline is left and ${reason}.\n${lines}${advice}`);
  }
}

const KEEP_ALIVE_ADVICE =
  '\nIf a callback of the host would end one of these waits, hold loop.keepAlive() until then, or run with { keepAlive: true }.';

function whyNothingWakes(silent: readonly string[], { alias, waits }: { alias: string; waits: string }): string {
  const handlers = silent.join(', ');
  if (waits === 'jumps') {
    return `the strategy '${shownName(alias)}' never waits in real time, which ${handlers} needs: replace it by a handler that needs no outside event, or use a strategy in real time, for instance atomicsWaitModule from @escapement/strategies/module`;
  }
  return `the strategy '${shownName(alias)}' blocks until the wakeup is requested, which ${handlers} never does: override beforeSleep, or set needsHost if only the host can complete its waits`;
}
