import { ioModule } from '@escapement/io';
import { netModule } from '@escapement/net';
import { PosixError } from '@escapement/posix';
import { syncModule } from '@escapement/sync/module';
import { type CoreEvent, createLoop, type EventsOf, type Program, sleepModule } from 'escapement';
import { programName, type StrategyName, strategies } from './options.js';

const modules = [ioModule, netModule, sleepModule, syncModule] as const;

/** What a program here may wait for. */
type Events = EventsOf<(typeof modules)[number]> | CoreEvent;

/**
 * Runs `main` until it is done, or until SIGINT (Ctrl-C) or SIGTERM.
 *
 * Under set-timeout a signal cancels it, so that each `finally` runs and the exit status is 0. Under the strategies that
 * block or spin, Node's own loop never gets to tell of a signal, and a listener would only turn off the system's default:
 * to end the process, at once and without a `finally`; the system then closes its sockets. There it stays with that.
 */
export async function run(strategy: StrategyName, main: Program<void, Events>): Promise<void> {
  const stop = new AbortController();
  if (strategy === 'set-timeout') {
    // Once: who presses Ctrl-C again does not want to wait for the `finally`s.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  }
  try {
    await createLoop(strategies[strategy], ...modules).run(main, stop);
  } catch (error) {
    if (stop.signal.aborted || isReaderGone(error)) return;
    // An error with a code says what is wrong with the world (the port is in use); any other is a bug.
    if (!(error instanceof Error && 'code' in error)) throw error;
    console.error(`${programName}: ${error.message}`);
    process.exitCode = 1;
  }
}

/** Who read the output has gone, as `head` does: no failure. Several tasks may hear of it. (Of connections `send` says so.) */
function isReaderGone(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isReaderGone);
  return error instanceof PosixError && error.code === 'EPIPE' && error.syscall === 'write';
}
