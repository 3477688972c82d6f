import { shownName } from '../errors/describe.js';
import { EscapementError } from '../errors/escapement-error.js';
import type { Duration } from '../events/instant.js';
import type { Waits } from './sleep-strategy.js';

/** Two handlers serve one event class. Thrown when the loop is built. */
export class DuplicateHandlerError extends EscapementError {
  static override readonly name = 'DuplicateHandlerError';
  override readonly code = 'ESC_DUPLICATE_HANDLER';

  constructor(eventName: string, first: string, second: string) {
    super(
      first === second
        ? `${first} is installed twice, expected one handler for ${eventName}. Load its module once.`
        : `${first} and ${second} both handle ${eventName}, expected one handler for an event class. Leave one of their modules out.`,
    );
  }
}

/** The loop was built without a sleep strategy. */
export class NoStrategyError extends EscapementError {
  static override readonly name = 'NoStrategyError';
  override readonly code = 'ESC_NO_STRATEGY';

  constructor() {
    super(
      'the loop has no sleep strategy, expected one. Load a strategy module, for instance setTimeoutModule from @escapement/strategies/module, or pass `strategy`.',
    );
  }
}

/** A handler and a strategy cannot work together. Thrown when the loop is built. */
export class IncompatiblePluginsError extends EscapementError {
  static override readonly name = 'IncompatiblePluginsError';
  override readonly code = 'ESC_INCOMPATIBLE_PLUGINS';

  constructor(handler: string, strategy: string, waits: Waits) {
    // In virtual time nothing outside the loop is waited for.
    const others =
      waits === 'jumps' ? '' : ' Sockets and pipes of @escapement/net and threads of @escapement/workers need no host.';
    super(
      `${handler} needs the host's own loop to run, but the strategy '${shownName(strategy)}' ${waits} and never lets it. Use one that yields to the host: setTimeoutModule from @escapement/strategies/module; in tests, settlingTimeModule from @escapement/virtual-time/module.${others}`,
    );
  }
}

/** A loop was started while another one runs that has the same handler, policy or strategy. */
export class PluginInUseError extends EscapementError {
  static override readonly name = 'PluginInUseError';
  override readonly code = 'ESC_PLUGIN_IN_USE';

  /** @internal */
  constructor(plugin: string) {
    super(
      `a loop was started whose ${plugin} is in use by another loop that runs now. Give each loop an object of its own; in a container, bind it in singleton scope instead of as a constant value.`,
    );
  }
}

/** A handler threw, or returned an invalid value. */
export class HandlerError extends EscapementError {
  static override readonly name = 'HandlerError';
  override readonly code = 'ESC_HANDLER_FAILED';

  /** @internal */
  constructor(handler: string, method: string, problem: string, cause?: unknown) {
    super(`${handler}.${method} ${problem}. This is a fault of the handler; a refusal goes to waiter.reject(error).`, {
      cause,
    });
  }
}

/** The sleep strategy threw, or broke its contract. */
export class StrategyError extends EscapementError {
  static override readonly name = 'StrategyError';
  override readonly code = 'ESC_STRATEGY_FAILED';

  constructor(strategy: string, problem: string, cause?: unknown) {
    super(`the strategy '${shownName(strategy)}' ${problem}. This is a fault of the strategy.`, { cause });
  }
}

/** A strategy that gives up the thread returns early again and again. */
export class StrategyStalledError extends EscapementError {
  static override readonly name = 'StrategyStalledError';
  override readonly code = 'ESC_STRATEGY_STALLED';

  /** @param elapsed in ms */
  constructor(strategy: string, waits: string, returns: number, elapsed: number) {
    super(
      `the strategy '${shownName(strategy)}' (${waits}) returned early ${returns} times in a row within ${elapsed.toFixed(1)} ms of its clock, with no wakeup requested and nothing due. Sleep until the deadline or a wakeup, declare waits = 'spins', or let its clock move.`,
    );
  }
}

/** A task that was ready when a policy failed. */
export interface ReadyTask {
  /** The task's name, as in every report. */
  readonly name: string;
  /** Unique among the tasks of a loop. */
  readonly id: number;
  /** How long it had been ready, in milliseconds. */
  readonly age: Duration;
}

/** So many ready tasks are named in a message. */
const FEW = 5;
/** So many are kept in an error. */
const MOST_READY = 100;

/** The scheduling policy threw, lost or doubled a task, or returned one that is not ready. */
export class PolicyError extends EscapementError {
  static override readonly name = 'PolicyError';
  override readonly code = 'ESC_POLICY_FAILED';
  /** The tasks that were ready, the oldest first; at most 100. */
  readonly readyTasks: readonly ReadyTask[];

  /** @internal */
  constructor(policy: string, problem: string, cause: unknown, ready: readonly ReadyTask[]) {
    const rule = 'Each task added must come out of next() exactly once.';
    super(`the scheduling policy '${shownName(policy)}' ${problem}. ${rule} ${shownReady(ready)}`, { cause });
    this.readyTasks = ready.slice(0, MOST_READY);
  }
}

function shownReady(ready: readonly ReadyTask[]): string {
  if (ready.length === 0) return 'No task is ready.';
  const few = ready.slice(0, FEW).map(({ name, age }) => `"${name}" for ${age.toFixed(1)} ms`);
  const more = ready.length > FEW ? `, and ${ready.length - FEW} more` : '';
  return `Ready: ${few.join(', ')}${more}.`;
}

/** `Wakeup.share` was called on a host without shared memory. */
export class NoSharedMemoryError extends EscapementError {
  static override readonly name = 'NoSharedMemoryError';
  override readonly code = 'ESC_NO_SHARED_MEMORY';

  constructor() {
    super(
      'Wakeup.share found no SharedArrayBuffer, expected a host that has it. A page must be cross-origin isolated for that; without, request the wakeup on the thread of the loop.',
    );
  }
}
