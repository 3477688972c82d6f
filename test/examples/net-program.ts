import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { compiled } from './example.js';

export const STRATEGIES = ['busy-wait', 'atomics-wait', 'set-timeout', 'epoll'] as const;

/** No example runs longer, whatever becomes of its test. */
const LONGEST_RUN = 60_000;
const LONGEST_WAIT = 15_000;

/** An example of docs/examples/net in a process of its own. */
export class NetProgram {
  readonly #child: ChildProcess;
  readonly #exit: Promise<number | NodeJS.Signals>;
  output = '';
  errors = '';

  constructor(name: string, ...args: string[]) {
    const path = fileURLToPath(compiled(`docs/examples/net/${name}.ts`));
    this.#child = spawn(process.execPath, [path, ...args], { timeout: LONGEST_RUN, killSignal: 'SIGKILL' });
    this.#child.stdout!.on('data', data => {
      this.output += data;
    });
    this.#child.stderr!.on('data', data => {
      this.errors += data;
    });
    this.#exit = once(this.#child, 'close').then(([code, signal]) => code ?? signal);
  }

  /** A server that listens, and its port. */
  static async serve(name: string, strategy: string): Promise<{ readonly program: NetProgram; readonly port: number }> {
    const program = new NetProgram(name, '--strategy', strategy, '--port', '0');
    const [, port] = await program.prints(/^listening on 127\.0\.0\.1:(\d+)\n/);
    return { program, port: Number(port) };
  }

  get stdin() {
    return this.#child.stdin!;
  }

  /** Its exit status, or the signal that ended it. */
  get exit(): Promise<number | NodeJS.Signals> {
    return within(this.#exit, () => `it did not end. ${this.#report()}`);
  }

  prints(pattern: RegExp): Promise<RegExpExecArray> {
    const found =
      this.#child.exitCode === null ? this.#awaitOutput(pattern) : Promise.resolve(pattern.exec(this.output));
    return within(
      found.then(match => match ?? Promise.reject(new Error(`it ended instead. ${this.#report()}`))),
      () => `no ${pattern} in the output. ${this.#report()}`,
    );
  }

  async #awaitOutput(pattern: RegExp): Promise<RegExpExecArray | null> {
    for (;;) {
      const match = pattern.exec(this.output);
      if (match !== null) return match;
      const hasEnded = await Promise.race([
        once(this.#child.stdout!, 'data').then(() => false),
        this.#exit.then(() => true),
      ]);
      if (hasEnded) return pattern.exec(this.output);
    }
  }

  /** @returns how it ended */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    this.#child.kill(signal);
    return this.exit;
  }

  /** Leaves no process behind. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exit;
    expect(() => process.kill(this.#child.pid!, 0)).to.throw('ESRCH');
  }

  #report(): string {
    return `stdout: ${JSON.stringify(this.output.slice(-500))}, stderr: ${JSON.stringify(this.errors.slice(-2000))}`;
  }
}

/** How a signal ends a server: see docs/examples/net/run.ts. */
export function expectedEnd(strategy: string, signal: NodeJS.Signals): number | NodeJS.Signals {
  return strategy === 'set-timeout' ? 0 : signal;
}

/**
 * Tests of a server under each strategy, each with one server for all, which is ended by `signal` at last. The port is that
 * of the current one.
 */
export function underEachStrategy(name: string, signal: NodeJS.Signals, tests: (port: () => number) => void): void {
  for (const strategy of STRATEGIES) {
    describe(`${name} under ${strategy}`, () => {
      let server: { readonly program: NetProgram; readonly port: number };

      before(async () => {
        server = await NetProgram.serve(name, strategy);
      });

      after(() => server?.program.kill());

      tests(() => server.port);

      it(`is ended by ${signal} while a client is connected`, async () => {
        const client = await Peer.connect(server.port);
        expect(await server.program.end(signal)).to.equal(expectedEnd(strategy, signal));
        expect(server.program.errors).to.equal('');
        await client.ended();
      });
    });
  }
}

/** A client by `node:net`, which collects what it is sent; text is latin1, a character for each byte. */
export class Peer {
  received = '';
  readonly #end: Promise<void>;
  #changed = () => {};

  constructor(readonly socket: Socket) {
    socket.setEncoding('latin1');
    socket.on('data', data => {
      this.received += data;
      this.#changed();
    });
    // A reset is an end, too.
    socket.on('error', () => {});
    this.#end = new Promise(resolve => socket.on('close', () => resolve()));
  }

  static async connect(port: number): Promise<Peer> {
    const socket = connect(port, '127.0.0.1');
    await within(once(socket, 'connect'), () => 'no connection');
    return new Peer(socket);
  }

  send(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** Waits until `text` was received. */
  async receives(text: string | RegExp): Promise<void> {
    await this.#until(
      () => (typeof text === 'string' ? this.received.includes(text) : text.test(this.received)),
      () => `${text} did not come, but ${JSON.stringify(this.received.slice(-500))}`,
    );
  }

  async receivesBytes(count: number): Promise<void> {
    await this.#until(
      () => this.received.length >= count,
      () => `${this.received.length} bytes came, not ${count}`,
    );
  }

  /** Waits for the end. @returns what was received */
  async ended(): Promise<string> {
    await within(this.#end, () => `no end after ${JSON.stringify(this.received.slice(-500))}`);
    return this.received;
  }

  close(): void {
    this.socket.destroy();
  }

  #until(isTrue: () => boolean, problem: () => string): Promise<void> {
    const happened = new Promise<void>(resolve => {
      this.#changed = () => {
        if (isTrue()) resolve();
      };
      this.#changed();
    });
    return within(happened, problem);
  }
}

/** The output of a program that may not be installed. @returns undefined if it is not */
export function outputOf(command: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { timeout: LONGEST_WAIT, encoding: 'latin1' }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (error.code === 'ENOENT') resolve(undefined);
      else reject(new Error(`${error.message}\n${stdout}\n${stderr}`));
    });
  });
}

/** What `command` prints; skips the test where it is not installed. */
export async function outputOrSkip(
  test: Mocha.Context,
  packageName: string,
  command: string,
  ...args: string[]
): Promise<string> {
  const output = await outputOf(command, args);
  if (output !== undefined) return output;
  console.log(`    skipped: needs ${packageName}`);
  return test.skip();
}

export async function within<T>(promise: Promise<T>, problem: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(problem())), LONGEST_WAIT);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
