import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Duration } from 'escapement';
import { shown } from './failure-text.js';
import type { TrialReport } from './module-child.js';

const PROGRAM = fileURLToPath(new URL('module-child.js', import.meta.url));
/** Node's exit code for a module that awaits what never comes. */
const WAITS_FOR_EVER = 13;

/** Why a module cannot be loaded. */
export interface ModuleProblem {
  readonly reason: string;
  /** What Node printed as its process ended: the stack. */
  readonly printed: string;
}

/**
 * Loads a user's module in a process of its own, since one that hangs or exits would take this one along.
 *
 * @param patience in milliseconds
 * @returns undefined if it can be loaded
 */
export function tryModule(from: string, patience: Duration): Promise<ModuleProblem | undefined> {
  return new Promise(resolve => {
    const child = fork(PROGRAM, [from], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let [latest, printed, isLate]: [TrialReport | undefined, string, boolean] = [undefined, '', false];
    const timer = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, patience);
    child.on('message', (report: TrialReport) => {
      latest = report;
    });
    child.stderr!.setEncoding('utf8').on('data', text => {
      printed = (printed + text).slice(0, 4000);
    });
    child.on('close', code => {
      clearTimeout(timer);
      const reason = problemOf(latest, { code, printed, late: isLate ? patience : undefined });
      resolve(reason === undefined ? undefined : { reason, printed });
    });
  });
}

/** How the process ended. */
interface Ending {
  readonly code: number | null;
  readonly printed: string;
  /** It was ended because it took longer than this, in milliseconds. */
  readonly late: Duration | undefined;
}

function problemOf(latest: TrialReport | undefined, { code, printed, late }: Ending): string | undefined {
  if (latest !== undefined && 'failed' in latest) return reasonOf(latest, printed);
  if (latest?.did === 'construct') return undefined;
  const isLoaded = latest !== undefined;
  if (late !== undefined) {
    const what = isLoaded ? 'a constructor of its strategies or policies did not return' : 'it did not load';
    return `${what} within ${Math.round(late / 1000)} s.`;
  }
  if (code === WAITS_FOR_EVER) return 'it never loads: its top-level await waits for what never comes.';
  const when = isLoaded ? 'while its strategies or policies were made' : 'while it was loaded';
  return `it ended the process ${when}, with exit code ${code}.`;
}

function reasonOf({ failed, code }: Extract<TrialReport, { failed: string }>, printed: string): string {
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') return 'is not JavaScript; compile it first.';
  const reason = failed.split('\n')[0]!.replace(/\.$/, '');
  return `could not be loaded: ${reason}${failed.includes(' (at ') ? '' : placeIn(printed)}. --debug shows the stack.`;
}

/** As Node prints it above an error: `file:///home/me/strategy.js:1`. */
function placeIn(printed: string): string {
  const [, path, line] = /^(?:file:\/\/)?(\/.*|[A-Z]:\\.*):(\d+)$/m.exec(printed) ?? [];
  return path === undefined || path.includes('node:') ? '' : ` (at ${shown(decodeURI(path))}:${line})`;
}
