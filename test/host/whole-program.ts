import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Ending {
  readonly code: number | null;
  readonly lines: readonly string[];
  readonly errors: string;
  /** From the last signal to the end, in milliseconds. */
  readonly latency: number;
}

/** Signals, each with the line of output that it comes after. */
export type Signals = readonly (readonly [line: string, signal: NodeJS.Signals])[];

const CHILD = fileURLToPath(new URL('./child.js', import.meta.url));
/** A program that does not end is killed after so many milliseconds. */
const PATIENCE = 20_000;

/** Runs `child.js` in a process of its own, and sends it signals. */
export function runWholeProgram(strategy: string, what: string, signals: Signals = [], env = {}): Promise<Ending> {
  const child = spawn(process.execPath, [CHILD, strategy, what], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  let output = '';
  let errors = '';
  let signalled = 0;
  const left = [...signals];
  child.stdout.setEncoding('utf8').on('data', text => {
    output += text;
    while (left.length > 0 && output.includes(`${left[0]![0]}\n`)) {
      child.kill(left.shift()![1]);
      signalled = performance.now();
    }
  });
  child.stderr.setEncoding('utf8').on('data', text => {
    errors += text;
  });
  return new Promise(resolve => {
    child.on('close', code => {
      clearTimeout(patience);
      resolve({ code, lines: output.split('\n').slice(0, -1), errors, latency: performance.now() - signalled });
    });
  });
}
