import { checkArgument } from '../errors/invalid-argument-error.js';
import { ANSWERED, type Answer, ImmediateEvent } from '../tasks/immediate-event.js';
import type { Task } from '../tasks/task.js';

/** The event of `warn()`. */
export class Warn extends ImmediateEvent<void> {
  override get kind() {
    return 'warn' as const;
  }

  constructor(
    readonly code: string,
    readonly message: string,
  ) {
    super();
  }

  override attempt(task: Task | undefined): Answer<void> | undefined {
    if (task === undefined) return undefined;
    warnOf(task, this.code, this.message);
    return ANSWERED;
  }
}

/**
 * `yield* warn(code, message)` reports a probable mistake to the `warned` hook of the instruments, or else to the console,
 * at once. (`process.emitWarning` would print it when the host runs, under most strategies at the end.)
 *
 * @param code stable, for filters
 * @example yield* warn('POOL_EXHAUSTED', `all ${size} connections are taken. Raise the limit, or give them back sooner.`);
 * @throws InvalidArgumentError if an argument is no string
 */
export function warn(code: string, message: string): Warn {
  checkArgument('warn for `code`', code, 'string', 'a string');
  checkArgument('warn for `message`', message, 'string', 'a string');
  return new Warn(code, message);
}

/** Reports a probable mistake of `task`: `warn` for code that is no coroutine, as in a callback. */
export function warnOf(task: Task, code: string, message: string): void {
  task.host.warn(code, message, task);
}
