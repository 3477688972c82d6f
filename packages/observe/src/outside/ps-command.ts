import type { Duration } from '@escapement/core';
import { LookError } from './errors.js';
import { LookedAtProcess, type ProcessLookOptions } from './looked-at-process.js';
import type { ProcessReport } from './loop-report.js';
import { Screen } from './screen.js';
import { showProcess } from './show-report.js';
import { wantsColours } from './text.js';

/** The parsed options of `ps`. */
export interface PsOptions {
  readonly all?: boolean;
  readonly json?: boolean;
  readonly watch?: boolean;
  /** In seconds. */
  readonly interval: number;
  readonly port?: number;
  /** In seconds. */
  readonly timeout: number;
}

/** Prints what the loops of a process do. @throws LookError */
export async function ps(pid: number, options: PsOptions): Promise<void> {
  const look = { all: options.all ?? false, timeout: options.timeout * 1000, port: options.port };
  const stop = untilStopped();
  if (options.watch) await watch(pid, options, look, stop);
  else await showOnce(pid, options, look, stop);
}

async function showOnce(pid: number, options: PsOptions, look: ProcessLookOptions, stop: Stop): Promise<void> {
  const looked = await LookedAtProcess.open(pid, look);
  try {
    const report = await Promise.race([looked.look(), stop.happened]);
    // Before the inspector is closed, which takes a moment.
    if (report !== undefined) process.stdout.write(`${shown(somethingIn(report), options)}\n`);
  } finally {
    await looked.close();
  }
  if (stop.signal !== undefined) process.kill(process.pid, stop.signal);
}

/** @throws LookError if nothing is known of any loop */
function somethingIn(report: ProcessReport): ProcessReport {
  const problems = report.threads.flatMap(({ problem }) => problem ?? []);
  if (problems.length === 0 || report.threads.some(({ loops }) => loops.length > 0)) return report;
  throw new LookError('ESC_NO_ANSWER', problems.join(' '));
}

/** Until Ctrl-C, or until the process ends. */
async function watch(pid: number, options: PsOptions, look: ProcessLookOptions, stop: Stop): Promise<void> {
  const looked = await LookedAtProcess.open(pid, look);
  const isOver = Promise.race([stop.happened, looked.closed]).then(() => true);
  const screen = new Screen(process.stdout);
  try {
    do screen.show(shown(await looked.look(), options));
    while (!(await Promise.race([isOver, delay(options.interval * 1000)])));
  } catch (error) {
    if (!isCut(error)) throw error;
  } finally {
    await looked.close();
  }
}

/** Why this process should end. */
interface Stop {
  readonly happened: Promise<undefined>;
  /** Undefined: nobody reads what it prints any more. */
  signal?: NodeJS.Signals;
}

/** From then on, the inspector of the process is closed before this process ends. A second signal ends it at once. */
function untilStopped(): Stop {
  let happen!: (value: undefined) => void;
  const stop: Stop = { happened: new Promise(resolve => (happen = resolve)) };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const stopped = (signal: NodeJS.Signals) => {
    for (const each of signals) process.removeListener(each, stopped);
    stop.signal = signal;
    happen(undefined);
  };
  for (const signal of signals) process.on(signal, stopped);
  process.stdout.once('error', () => happen(undefined));
  return stop;
}

function shown(report: ProcessReport, { json }: PsOptions): string {
  if (json) return JSON.stringify(report);
  const { stdout } = process;
  const columns = stdout.isTTY ? stdout.columns : undefined;
  return showProcess(report, { hasColours: wantsColours(stdout), columns });
}

function isCut(error: unknown): boolean {
  return error instanceof LookError && error.code === 'ESC_CONNECTION_CLOSED';
}

function delay(duration: Duration): Promise<false> {
  return new Promise(resolve => setTimeout(resolve, duration, false).unref());
}
