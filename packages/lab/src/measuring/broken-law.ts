import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Duration } from 'escapement';
import type { SubjectInfo } from '../results/results.js';
import type { LawReport } from './laws-child.js';

const PROGRAM = fileURLToPath(new URL('laws-child.js', import.meta.url));

/** A test that was ended has hung only if it ran for so long, in milliseconds: else the time did not suffice. */
const LEAST: Duration = 3000;

/**
 * Which clause of the contract of strategies a strategy breaks first, as `'breaks S5 of docs/contracts.md: ...'`; undefined if none was found broken
 * within `patience` milliseconds. Runs its laws in a process of its own.
 * @param signal ends that process
 * @param patience all laws together take some seconds
 * @param hangs whether it did not come back before; else a test that is not over yet says nothing
 */
export function brokenLaw(
  { from, name }: SubjectInfo,
  signal: AbortSignal,
  patience: Duration,
  hangs = true,
): Promise<string | undefined> {
  return new Promise(resolve => {
    const child = fork(PROGRAM, [from, name], { stdio: 'ignore', signal, killSignal: 'SIGKILL' });
    let latest: LawReport | undefined;
    let since = 0;
    const timer = setTimeout(() => child.kill('SIGKILL'), patience);
    child.on('message', (report: LawReport) => {
      latest = report;
      since = performance.now();
    });
    child.on('error', () => {});
    child.on('exit', (code, killedBy) => {
      clearTimeout(timer);
      if (signal.aborted) resolve(undefined);
      else if (latest?.broken !== undefined) resolve(`breaks ${clause(latest.law)}. ${latest.broken}`);
      else if (latest !== undefined && killedBy === 'SIGKILL') {
        const hasHung = hangs && performance.now() - since >= LEAST;
        resolve(hasHung ? `does not come back from the test of ${clause(latest.law)}` : undefined);
      } else if (latest !== undefined && code !== 0) resolve(`ends the process in the test of ${clause(latest.law)}`);
      else resolve(undefined);
    });
  });
}

/** `'S5 of docs/contracts.md: the rule'` of `'S5 the rule (real time, statistical). Why: the reason'` */
function clause(title: string): string {
  const [, number, rule] = /^(\S+) (.*?)(?: \(real time, statistical\))?\. Why: /.exec(title) ?? [];
  return number === undefined ? title : `${number} of docs/contracts.md: ${rule}`;
}
