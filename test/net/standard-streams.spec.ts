import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  createReadStream,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as later } from 'node:timers/promises';
import { pipe } from '@escapement/posix';
import { expect } from 'chai';

const folder = mkdtempSync(join(tmpdir(), 'escapement-stdio-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const LONGEST_RUN = 10_000;
const MODULES = {
  'busy-wait': 'busyWaitModule',
  'atomics-wait': 'atomicsWaitModule',
  'set-timeout': 'setTimeoutModule',
  epoll: 'epollModule',
};

/** `body` is the main task. Its calls of `report` write to the file that the environment names. */
const program = (module: string, body: string) => `
  import * as escapement from 'escapement';
  import { writeFileSync, readlinkSync } from 'node:fs';
  import * as io from '@escapement/io';
  import { DescriptorStream, netModule, openPipe, stderr, stdin, stdout, TcpListener } from '@escapement/net';
  const { ${module}, sleep, spawn } = { ...escapement, ...io };
  const report = value => writeFileSync(process.env.REPORT, JSON.stringify(value));
  await escapement.createLoop(${module}, io.ioModule, escapement.sleepModule, netModule).run(function* () { ${body} });`;

/** Runs each test in a process of its own; by default under a strategy that blocks and one that lets the host run. */
const TYPICAL = { 'set-timeout': MODULES['set-timeout'], epoll: MODULES.epoll };

function underEach(title: string, test: (module: string) => void | Promise<void>, modules = TYPICAL): void {
  for (const [name, module] of Object.entries(modules)) {
    it(`${title} [${name}]`, () => test(module)).timeout(3 * LONGEST_RUN);
  }
}

describe('net: stdin', () => {
  const lines = 'a line\n'.repeat(20_000);
  const path = join(folder, 'lines');
  before(() => writeFileSync(path, lines));

  const COUNT = `
    const input = stdin();
    let count = 0;
    for (let line; (line = yield* input.readLine()) !== undefined; ) count += line.length + 1;
    input.close();
    console.log(count);`;

  underEach(
    '1. of a child process is a pipe, a file or /dev/null',
    module => {
      const countOf = (command: string) => {
        const args = ['-c', command, process.execPath, '--input-type=module', '-e', program(module, COUNT)];
        return Number(execFileSync('sh', args, { encoding: 'utf8', timeout: LONGEST_RUN }));
      };
      expect(countOf(`"$0" "$@" < ${path}`)).to.equal(lines.length);
      expect(countOf(`"$0" "$@" < /dev/null`)).to.equal(0);
      const slowly = `(head -c 70000 ${path}; sleep 0.2; tail -c +70001 ${path})`;
      expect(countOf(`${slowly} | "$0" "$@"`)).to.equal(lines.length);
    },
    MODULES,
  );

  underEach('6. when it is closed, no other file gets its number, also when two streams close it', module => {
    const CLOSE = `
      const [one, two] = [stdin(), stdin()];
      one.close();
      one.close();
      const { reader, writer } = openPipe();
      two.close();
      yield* writer.write('x');
      const { length } = yield* reader.read();
      console.log(reader.fd > 2, length, readlinkSync('/proc/self/fd/0'));
      reader.close();
      writer.close();`;
    const args = ['-c', '"$0" "$@" < /dev/zero', process.execPath, '--input-type=module', '-e', program(module, CLOSE)];
    expect(execFileSync('sh', args, { encoding: 'utf8', timeout: LONGEST_RUN })).to.equal('true 1 /dev/null\n');
  });
});

describe('net: stdout', () => {
  const text = Array.from({ length: 60_000 }, (_, n) => `${n}\n`).join('');
  const COUNT_UP = `
    const out = stdout();
    const numbers = Array.from({ length: 60_000 }, (_, n) => n + '\\n');
    for (const number of numbers.slice(0, 1000)) yield* out.write(number);
    yield* out.write(numbers.slice(1000, 2000).map(number => Buffer.from(number)));
    yield* out.write(numbers.slice(2000).join(''));`;

  function printed(module: string, command: string): string {
    const args = ['-c', command, process.execPath, '--input-type=module', '-e', program(module, COUNT_UP)];
    return execFileSync('sh', args, { encoding: 'utf8', timeout: LONGEST_RUN });
  }

  underEach(
    '1. writes everything in order, to a slow reader of a pipe, to a socket, a file and /dev/null',
    module => {
      expect(printed(module, '"$0" "$@" | (sleep 0.3; cat)') === text).to.equal(true);
      // Node's own pipes are pairs of sockets.
      expect(printed(module, 'exec "$0" "$@"') === text).to.equal(true);
      const path = join(folder, module);
      printed(module, `(echo first; "$0" "$@"; echo last) > ${path}`);
      expect(readFileSync(path, 'utf8') === `first\n${text}last\n`).to.equal(true);
      expect(printed(module, '"$0" "$@" > /dev/null')).to.equal('');
    },
    MODULES,
  );

  const stallOf = (stream: string) => `
    const [out, most] = [${stream}, 3e6];
    let taken = 0;
    const writing = yield* spawn((function* () {
      for (; taken < most; taken += 9999) yield* out.write(Buffer.alloc(9999, 'x'));
    })());
    let turns = 0;
    for (; turns < 40; turns++) yield* sleep(5);
    report({ turns, hasStalled: taken < most });
    writing.cancel();`;

  async function expectStall(module: string, stream: string, starts: readonly Start[]): Promise<void> {
    for (const start of starts) {
      const child = new Child(start, module, stallOf(stream));
      try {
        expect(await child.report(), start.name).to.deep.equal({ turns: 40, hasStalled: true });
      } finally {
        await child.end();
      }
    }
  }

  underEach('4. makes its writer wait while the reader does not read, and no other task', module =>
    expectStall(module, 'stdout()', outputs()),
  );

  underEach('4. so does any blocking descriptor', module =>
    expectStall(module, 'new DescriptorStream(1)', [onPipe, onSocket]),
  );

  underEach('7. whose reader exits is EPIPE, and so is a later write', async module => {
    const WRITE = `
      const out = stdout();
      const codes = [];
      for (let n = 0; n < 2; n++) {
        try { for (;;) yield* out.write(new Uint8Array(1e5)); } catch (error) { codes.push(error.code); }
      }
      report(codes);`;
    for (const start of [onPipe, onSocket]) {
      const child = new Child(start, module, WRITE);
      await once(child.stdout, 'data');
      child.stdout.destroy();
      expect(await child.report(), start.name).to.deep.equal(['EPIPE', 'EPIPE']);
      await child.end();
    }
  });

  underEach('6. when it is closed, ends for its reader, and no other file gets its number', async module => {
    const CLOSE = `
      const out = stdout();
      yield* out.write('all');
      out.close();
      out.close();
      const { reader, writer } = openPipe();
      console.log('lost');
      let code;
      try { yield* out.write('x'); } catch (error) { code = error.code; }
      yield* stdin().read();
      report({ code, number: readlinkSync('/proc/self/fd/1'), isClosed: out.isClosed });`;
    for (const start of [onPipe, onSocket]) {
      const child = new Child(start, module, CLOSE);
      expect(await textOf(child.stdout), start.name).to.equal('all');
      child.process.stdin!.end();
      expect(await child.report(), start.name).to.deep.equal({
        code: 'ESC_CLOSED',
        number: '/dev/null',
        isClosed: true,
      });
      await child.end();
    }
  });

  underEach('1. works with stderr at the same time', module => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', program(module, `yield* stderr().write('err'); yield* stdout().write('out');`)],
      { encoding: 'utf8', timeout: LONGEST_RUN },
    );
    expect([stdout, stderr]).to.deep.equal(['out', 'err']);
  });
});

interface Started {
  readonly process: ChildProcess;
  /** For its output, if that is not the `stdout` of the process. */
  readonly reader?: number;
}

type Start = (code: string, env: NodeJS.ProcessEnv) => Started;

function onSocket(code: string, env: NodeJS.ProcessEnv): Started {
  return { process: spawn(process.execPath, ['--input-type=module', '-e', code], { env, timeout: LONGEST_RUN }) };
}

/** A pipe with blocking ends, like one of a shell. */
function onPipe(code: string, env: NodeJS.ProcessEnv): Started {
  const ends = pipe();
  const [reader, writer] = [
    openSync(`/proc/self/fd/${ends.reader}`, 'r'),
    openSync(`/proc/self/fd/${ends.writer}`, 'w'),
  ];
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    env,
    timeout: LONGEST_RUN,
    stdio: ['pipe', writer, 'inherit'],
  });
  for (const fd of [ends.reader, ends.writer, writer]) closeSync(fd);
  return { process: child, reader };
}

function onTerminal(code: string, env: NodeJS.ProcessEnv): Started {
  const command = '"$NODE" --input-type=module -e "$CODE"';
  return {
    process: spawn('script', ['-qec', command, '/dev/null'], {
      env: { ...env, NODE: process.execPath, CODE: code },
      timeout: LONGEST_RUN,
    }),
  };
}

/** The command `script` makes a terminal; not every system has it. */
function outputs(): Start[] {
  const hasTerminal = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0;
  if (!hasTerminal) console.log('      without a terminal: needs util-linux');
  return hasTerminal ? [onPipe, onSocket, onTerminal] : [onPipe, onSocket];
}

let made = 0;

class Child {
  readonly process: ChildProcess;
  /** Read only on request. */
  readonly stdout: Readable;
  readonly #reportPath = join(folder, `report-${made++}`);

  constructor(start: Start, module: string, body: string) {
    const started = start(program(module, body), { ...process.env, REPORT: this.#reportPath });
    this.process = started.process;
    this.stdout = started.process.stdout ?? createReadStream('', { fd: started.reader! });
  }

  async report(): Promise<unknown> {
    const until = performance.now() + LONGEST_RUN;
    while (!existsSync(this.#reportPath) || readFileSync(this.#reportPath, 'utf8') === '') {
      if (performance.now() > until) throw new Error('no report: it hangs, or has failed');
      await later(10);
    }
    return JSON.parse(readFileSync(this.#reportPath, 'utf8'));
  }

  async end(): Promise<void> {
    this.stdout.destroy();
    const { process } = this;
    if (process.exitCode !== null || process.signalCode !== null) return;
    process.kill('SIGKILL');
    await once(process, 'exit');
  }
}
