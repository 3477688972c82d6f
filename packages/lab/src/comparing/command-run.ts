import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import type { Duration } from 'escapement';
import type { Results } from '../results/results.js';
import { UsageError } from '../usage-error.js';
import { parseRun } from './read-results.js';

/** How long a lab may take to save what it has once it was interrupted, in milliseconds. */
const PATIENCE: Duration = 5000;

/**
 * Runs a command line with `--json FILE` added, in a shell, so that it means what it means in a terminal.
 *
 * @param file where the results go; it should not exist
 * @param name what to call it in an error
 * @param signal interrupts the command, and kills it if it does not end within five seconds
 * @returns undefined if it was interrupted
 * @throws UsageError if it wrote no results
 */
export async function runCommand(
  command: string,
  file: string,
  signal: AbortSignal,
  name: string = command,
): Promise<Results | undefined> {
  if (signal.aborted) return undefined;
  // In a process group of its own where there are some: the shell may have started others, which must end, too.
  const isGroup = process.platform !== 'win32';
  const child = spawn(`${command} --json ${quoted(file)}`, {
    shell: true,
    detached: isGroup,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const end = () => endChild(child, isGroup);
  signal.addEventListener('abort', end);
  const tail = tailOf(child);
  const [status] = await once(child, 'close').finally(() => signal.removeEventListener('abort', end));
  if (signal.aborted) return undefined;
  // A lab of which one subject failed exits with 1, and saves the others.
  if (existsSync(file) && (status === 0 || readFileSync(file, 'utf8').trim() !== '')) {
    return parseRun(readFileSync(file, 'utf8'), `the results of ${name}`);
  }
  throw new UsageError(`${name}: ${howItFailed(status, tail())}`);
}

/** As one word of a command line. */
export function quoted(word: string): string {
  return process.platform === 'win32' ? `"${word}"` : `'${word.replaceAll("'", "'\\''")}'`;
}

function howItFailed(status: number | null, lastLine: string): string {
  if (status === 0) return 'wrote no results. Expected a command that takes --json FILE, as escapement-lab does.';
  const words = lastLine === '' ? 'it printed no reason' : lastLine;
  return `${status === null ? 'was killed' : `failed with exit code ${status}`}: ${words}`;
}

/** The last line that it wrote to stderr. */
function tailOf(child: ChildProcess): () => string {
  let text = '';
  child.stderr!.setEncoding('utf8').on('data', (more: string) => {
    text = (text + more).slice(-4000);
  });
  return () =>
    text
      .trim()
      .split(/[\r\n]+/)
      .at(-1)!
      .trim();
}

function endChild(child: ChildProcess, isGroup: boolean): void {
  const send = (signal: 'SIGINT' | 'SIGKILL') => {
    try {
      if (isGroup) process.kill(-child.pid!, signal);
      else child.kill(signal);
    } catch {
      // It has ended already.
    }
  };
  send('SIGINT');
  const timer = setTimeout(() => send('SIGKILL'), PATIENCE);
  child.once('close', () => clearTimeout(timer));
}
