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
  if (options.watch) return watch(pid, options, look);
  const looked = await LookedAtProcess.open(pid, look);
  try {
    process.stdout.write(`${shown(await looked.look(), options)}\n`);
  } finally {
    await looked.close();
  }
}

/** Until Ctrl-C, or until the process ends. */
async function watch(pid: number, options: PsOptions, look: ProcessLookOptions): Promise<void> {
  const looked = await LookedAtProcess.open(pid, look);
  const stopped = untilStopped();
  const isOver = Promise.race([stopped, looked.closed]).then(() => true);
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

/** Then the inspector of the process is closed before this process ends. */
function untilStopped(): Promise<void> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
    process.stdout.once('error', () => resolve());
  });
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
