import type { Task } from '../tasks/task.js';
import { LoopCall, type LoopCaller } from './loop-call.js';

/** The event behind `warn()`. */
export class Warn extends LoopCall<void> {
  override get kind() {
    return 'warn' as const;
  }

  constructor(
    readonly code: string,
    readonly message: string,
  ) {
    super();
  }

  /** @internal */
  override answer(loop: LoopCaller, task: Task): void {
    loop.warn({ code: this.code, message: this.message, task });
  }
}

/**
 * `yield* warn(code, message)` tells of something that harms nobody yet: to the `warned` hook of the instruments, or else to
 * the console, at once. (`process.emitWarning` would not be heard before the host runs, under most strategies at the end.)
 *
 * @param code stable, for who filters
 * @example yield* warn('POOL_EXHAUSTED', `all ${size} connections are taken. Raise the limit, or give them back sooner.`);
 */
export function warn(code: string, message: string): Warn {
  return new Warn(code, message);
}
