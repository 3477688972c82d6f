import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface, type Interface } from 'node:readline';
import type { Duration } from 'escapement';
import type { OutsideSamples } from './subject.js';

/**
 * A program that ticks on request: it reads `open 1000 50` (the pace, the period in microseconds, how many ticks) and answers
 * with a line of JSON. So its start is not measured. It ends when its input does, at the latest with this process.
 */
export class OutsideProgram {
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  readonly #ended: Promise<never>;
  #errors = '';

  /** @param command the program and its arguments */
  constructor([program, ...args]: readonly [string, ...string[]]) {
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    // It must not keep this process alive, but while an answer is awaited.
    this.#child.unref();
    for (const pipe of this.#pipes()) pipe.unref();
    this.#lines = createInterface({ input: this.#child.stdout! });
    this.#child.stderr!.on('data', data => {
      this.#errors += data;
    });
    this.#ended = new Promise((_, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', code =>
        reject(new Error(`${program} ended with ${code}. ${this.#errors.trim().slice(-500)}`)),
      );
    });
    // It counts only while an answer is awaited.
    this.#ended.catch(() => {});
  }

  /** Waits until the program is there: after that its file may go. */
  async started(): Promise<void> {
    await Promise.race([new Promise(resolve => this.#child.once('spawn', resolve)), this.#ended]);
  }

  /** One order. @throws Error if the program ends instead */
  async tick(period: Duration, count: number, pace: 'open' | 'closed'): Promise<OutsideSamples> {
    const answer = new Promise<string>(resolve => this.#lines.once('line', resolve));
    const output = this.#child.stdout as Socket;
    output.ref();
    this.#child.stdin!.write(`${pace} ${period * 1000} ${count}\n`);
    try {
      return JSON.parse(await Promise.race([answer, this.#ended]));
    } finally {
      output.unref();
    }
  }

  #pipes(): Socket[] {
    const { stdin, stdout, stderr } = this.#child;
    return [stdin, stdout, stderr] as unknown as Socket[];
  }
}
