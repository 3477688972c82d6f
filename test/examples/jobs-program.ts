import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { compiled } from './example.js';
import { outputOf, within } from './net-program.js';

/** Nothing here runs longer, whatever becomes of its test. */
const LONGEST_RUN = 60_000;

/** A process whose lines are read as they come. */
class LineProcess {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #end: Promise<number | NodeJS.Signals>;

  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, args, { timeout: LONGEST_RUN, killSignal: 'SIGKILL' });
    this.#end = once(this.#child, 'close').then(([code, signal]) => code ?? signal);
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      createInterface(stream).on('line', line => this.read(line));
    }
  }

  protected read(line: string): void {
    this.lines.push(line);
  }

  /** Waits for a line that matches. */
  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    const find = () => this.lines.map(line => pattern.exec(line)).find(match => match !== null);
    return until(find, () => `no ${pattern} in\n${this.lines.slice(-20).join('\n')}`);
  }

  /** Sends the signal, and waits for the end. @returns how it ended, when all its output has been read */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    this.#child.kill(signal);
    return within(this.#end, () => `it did not end. ${this.lines.slice(-20).join('\n')}`);
  }
}

/** Waits until `find` finds something. */
export async function until<T>(
  find: () => T | undefined | Promise<T | undefined>,
  problem: () => string | Promise<string>,
): Promise<T> {
  for (const start = performance.now(); performance.now() - start < LONGEST_RUN / 2; ) {
    const found = await find();
    if (found !== undefined) return found;
    await delay(10);
  }
  throw new Error(await problem());
}

/** A NATS server with JetStream, on loopback, with a folder of its own. */
export class NatsServer {
  #port = '-1';
  readonly #folder = mkdtempSync(join(tmpdir(), 'escapement-nats-'));
  #process: LineProcess | undefined;

  static async isInstalled(): Promise<boolean> {
    return (await outputOf('nats-server', ['--version'])) !== undefined;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** At the port of the last start, and with what was stored then. */
  async start(): Promise<void> {
    const process = new LineProcess('nats-server', ['-js', '-sd', this.#folder, '-a', '127.0.0.1', '-p', this.#port]);
    this.#process = process;
    const [, port] = await process.prints(/Listening for client connections on 127\.0\.0\.1:(\d+)/);
    this.#port = port!;
    await process.prints(/Server is ready/);
  }

  async kill(): Promise<void> {
    await this.#process?.end('SIGKILL');
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A job as a worker saw it. */
export interface Seen {
  readonly number: number;
  readonly attempt: number;
}

/** docs/examples/jobs/worker.ts in a process of its own. */
export class JobWorker extends LineProcess {
  readonly begun: Seen[] = [];
  readonly done: Seen[] = [];

  constructor(options: Readonly<Record<string, string | number>>) {
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    super(process.execPath, [fileURLToPath(compiled('docs/examples/jobs/worker.ts')), ...args]);
  }

  static async start(options: Readonly<Record<string, string | number>>): Promise<JobWorker> {
    const worker = new JobWorker(options);
    await worker.prints(/^ready$/);
    return worker;
  }

  protected override read(line: string): void {
    super.read(line);
    const [what, number, , attempt] = line.split(' ');
    const seen = { number: Number(number), attempt: Number(attempt) };
    if (what === 'began') this.begun.push(seen);
    if (what === 'did') this.done.push(seen);
  }
}
