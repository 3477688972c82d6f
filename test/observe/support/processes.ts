import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('./bin/escapement-observe.js', import.meta.resolve('@escapement/observe')));
const TARGET = fileURLToPath(new URL('../fixtures/target.js', import.meta.url));
/** Packages are found from here, also by programs that are given as text. */
const HERE = fileURLToPath(new URL('.', import.meta.url));
/** So that several processes can have their inspectors open at the same time. */
const ANY_PORT = '--inspect-port=0';

/** A process that runs. */
export interface Started {
  readonly pid: number;
  /** What it has printed first. */
  readonly said: string;
  /** Resolves when it has printed something that matches on its standard error, to all of that. */
  complains(about: RegExp): Promise<string>;
}

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command to its end. */
export function observe(...args: string[]): Promise<Run> {
  return startObserve(args).ended;
}

export function startObserve(
  args: readonly string[],
  identity: { readonly uid?: number; readonly gid?: number } = {},
): { readonly child: ChildProcess; readonly ended: Promise<Run> } {
  let ended!: (run: Run) => void;
  const child = execFile(process.execPath, [BIN, ...args], { ...identity, maxBuffer: 2 ** 28 }, (_, stdout, stderr) =>
    ended({ status: child.exitCode, stdout, stderr }),
  );
  return {
    child,
    ended: new Promise(resolve => {
      ended = resolve;
    }),
  };
}

/** Processes that a test looks at. `endAll` ends those that still run. */
export class Targets {
  readonly #running = new Set<ChildProcess>();

  /** The fixture, once its loop runs. */
  async loop(...args: string[]): Promise<number> {
    return (await this.start(process.execPath, [ANY_PORT, TARGET, ...args])).pid;
  }

  /** A program that is given as text, once it has printed something. */
  async program(text: string, ...options: string[]): Promise<number> {
    return (await this.start(process.execPath, [ANY_PORT, ...options, '-e', text])).pid;
  }

  /** Resolves once it has printed something. */
  start(command: string, args: readonly string[]): Promise<Started> {
    const child = spawn(command, args, { cwd: HERE, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#running.add(child);
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => {
        this.#running.delete(child);
        reject(new Error(`the process ended too early: ${errors}`));
      });
      const complains = async (about: RegExp) => {
        while (!about.test(errors)) await new Promise(again => setTimeout(again, 20));
        return errors;
      };
      child.stdout.once('data', said => resolve({ pid: child.pid!, said: String(said), complains }));
    });
  }

  async endAll(): Promise<void> {
    await Promise.all([...this.#running].map(child => ended(child, 'SIGKILL')));
  }
}

/** Ends a process that this one has started. */
export function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise(resolve => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}

/** How many TCP sockets of the process take connections: none, if its inspector is closed and it opened no other. */
export function listenersOf(pid: number): number {
  const sockets = readdirSync(`/proc/${pid}/fd`).map(fd => readlinkSync(`/proc/${pid}/fd/${fd}`));
  const table = readFileSync(`/proc/${pid}/net/tcp`, 'utf8').split('\n');
  const rows = table.map(line => line.trim().split(/\s+/)).filter(([, , , state]) => state === '0A');
  return rows.filter(row => sockets.includes(`socket:[${row[9]}]`)).length;
}

/** Whether the process runs, and is no zombie. */
export function isAlive(pid: number): boolean {
  return /^State:\s+[^ZX\s]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}
