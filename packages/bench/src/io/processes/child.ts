import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const running = new Set<ChildProcess>();
// No child process outlives the benchmark.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A child process of a measurement. Its first line of output says that it is ready. */
export class Child {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #firstLine: Promise<string>;
  #errors = '';

  constructor(name: string, [command, ...args]: readonly string[]) {
    this.#name = name;
    this.#child = spawn(command!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(this.#child);
    this.#child.on('exit', () => running.delete(this.#child));
    this.#child.stderr!.on('data', text => {
      this.#errors += text;
    });
    this.#firstLine = this.#readLine();
    this.#firstLine.catch(() => {});
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** @throws if the process ends before its first line */
  firstLine(): Promise<string> {
    return this.#firstLine;
  }

  /** Stops the process until `resume`. */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.assertRuns();
    this.#child.kill('SIGCONT');
  }

  /** @throws if the process has ended, with its error output */
  assertRuns(): void {
    if (this.hasEnded) throw this.#failure();
  }

  async stop(): Promise<void> {
    if (this.hasEnded) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  async #readLine(): Promise<string> {
    const failed = new Promise<never>((_, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', () => reject(this.#failure()));
    });
    const [line] = await Promise.race([once(createInterface(this.#child.stdout!), 'line'), failed]);
    return line;
  }

  #failure(): Error {
    const how = this.#child.signalCode ?? `exit code ${this.#child.exitCode}`;
    return new Error(`${this.#name} ended (${how}) ${this.#errors.trim().slice(-500)}`);
  }
}
