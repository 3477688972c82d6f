import { ioModule } from '@escapement/io';
import { netModule } from '@escapement/net';
import { PosixError } from '@escapement/posix';
import { syncModule } from '@escapement/sync/module';
import { type CoreEvent, createLoop, type EventsOf, type Program, sleepModule } from 'escapement';
import { programName, type StrategyName, strategies } from './options.js';

const modules = [ioModule, netModule, sleepModule, syncModule] as const;

/** The events that a program here may wait for. */
type Events = EventsOf<(typeof modules)[number]> | CoreEvent;

/**
 * Runs `main` until it is done, or until SIGINT (Ctrl-C) or SIGTERM.
 *
 * Under set-timeout a signal cancels it, so that each `finally` runs and the exit status is 0. Under the strategies that
 * block or spin, Node's own loop does not run and never calls a listener for a signal. So there is none, and the system's
 * default applies: a signal ends the process at once, without a `finally`, and the system closes its sockets.
 */
export async function run(strategy: StrategyName, main: Program<void, Events>): Promise<void> {
  const stop = new AbortController();
  if (strategy === 'set-timeout') {
    // Once: a second Ctrl-C ends the process without waiting for the `finally`s.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  }
  try {
    await createLoop(strategies[strategy], ...modules).run(main, stop);
  } catch (error) {
    if (stop.signal.aborted || isReaderGone(error)) return;
    // An error with a code is one of the environment (the port is in use); any other is a bug.
    if (!(error instanceof Error && 'code' in error)) throw error;
    console.error(`${programName}: ${error.message}`);
    process.exitCode = 1;
  }
}

/**
 * The reader of the output has exited, as `head` does: not a failure. Several tasks may get this error. (For connections
 * `syscall` is `send`.)
 */
function isReaderGone(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isReaderGone);
  return error instanceof PosixError && error.code === 'EPIPE' && error.syscall === 'write';
}
