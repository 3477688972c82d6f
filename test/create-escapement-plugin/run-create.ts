import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('bin/create.js', import.meta.resolve('create-escapement-plugin')));

export interface CreateRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in `folder`, without a terminal. */
export function runCreate(folder: string, ...args: string[]): Promise<CreateRun> {
  return new Promise(resolve => {
    const child = execFile(process.execPath, [BIN, ...args], { cwd: folder }, (_, stdout, stderr) => {
      resolve({ status: child.exitCode, stdout, stderr });
    });
    child.stdin?.end();
  });
}

/** What to type once a text has appeared. */
export type Answer = readonly [RegExp, string];

export const ENTER = '\r';
export const DOWN = '\x1b[B';
export const CTRL_C = '\x03';

/** Runs the command in `folder` in a terminal, in which `answers` are typed one after the other. Needs `script`, of util-linux. */
export function runInTerminal(folder: string, args: readonly string[], answers: readonly Answer[]): Promise<CreateRun> {
  const command = ['stty cols 80 rows 24; exec', process.execPath, BIN, ...args].join(' ');
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd: folder,
    // Or a question that is never asked would keep the process.
    timeout: 20_000,
  });
  const left = [...answers];
  let shown = '';
  let seen = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk;
    const next = left[0];
    const found = next?.[0].exec(shown.slice(seen));
    if (next === undefined || found == null) return;
    left.shift();
    seen = shown.length;
    child.stdin.write(next[1]);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', status => resolve({ status, stdout: shown, stderr: '' }));
  });
}
