import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { type BuildOptions, build } from 'esbuild';
import { root } from '../architecture/workspace.js';

const PROGRAM = `
import { atomicsWaitModule, busyWaitModule, createLoop, debugModule, setTimeoutModule, sleep, sleepModule, spawn, timeout } from 'escapement';
import { epollModule, ioModule, readable } from '@escapement/io';
import { netModule, TcpListener, TcpStream } from '@escapement/net';
import { pipe, write } from '@escapement/posix';

const told = {};
async function errorOf(promise) { try { await promise; } catch (error) { return error; } }

function* failing() { yield* sleep(1); throw new Error('deep down'); }
function* main() { yield* failing(); }

/** How often the process was woken in a tenth of a second in which nothing happens: the least, for a thread takes time to start. */
function* idle() {
  let least = Infinity;
  for (let tries = 0; tries < 50 && least > 20; tries++) {
    const before = process.resourceUsage().voluntaryContextSwitches;
    yield* sleep(100);
    least = Math.min(least, process.resourceUsage().voluntaryContextSwitches - before);
  }
  return least;
}

function* noticing() {
  const { reader, writer } = pipe();
  const waiting = yield* spawn(readable(reader));
  const switches = yield* idle();
  write(writer, new Uint8Array(1));
  yield* timeout(5000, waiting.join());
  return switches;
}

function* talk() {
  const listener = TcpListener.listen({ host: '127.0.0.1', port: 0 });
  const server = yield* spawn(function* () {
    const stream = yield* listener.accept();
    yield* stream.write(yield* stream.read());
    stream.close();
  });
  const client = yield* TcpStream.connect(listener.address);
  yield* client.write(Buffer.from('hello'));
  const answer = Buffer.from(yield* client.read()).toString();
  yield* server;
  client.close();
  listener.close();
  return answer;
}

async function program() {
  const warnings = [];
  console.warn = text => warnings.push(text);
  const strategies = { busyWaitModule, atomicsWaitModule, setTimeoutModule, epollModule };
  for (const [name, strategy] of Object.entries(strategies)) {
    const loop = createLoop(strategy, sleepModule, ioModule, netModule, debugModule({ slowStep: 1000 }));
    told[name] = { switches: await loop.run(noticing), answer: await loop.run(talk) };
  }
  const loop = createLoop(busyWaitModule, sleepModule, debugModule({ slowStep: 1000 }));
  const error = await errorOf(loop.run(timeout(1, sleep(50))));
  const stack = (await errorOf(loop.run(main))).stack;
  await loop.run(function* () { sleep(5); yield* sleep(1); });
  console.log(JSON.stringify({ told, error: [error.name, error.code], stack, warnings }));
}
program();
`;

interface Report {
  readonly told: Readonly<Record<string, { readonly switches: number; readonly answer: string }>>;
  readonly error: readonly string[];
  readonly stack: string;
  readonly warnings: readonly string[];
}

const FORMS: Readonly<Record<string, BuildOptions>> = {
  'one file': { format: 'esm' },
  'one minified file': { format: 'esm', minify: true },
  'one minified CommonJS file': { format: 'cjs', minify: true, outExtension: { '.js': '.cjs' } },
  'several files': { format: 'esm', splitting: true, minify: true },
};

/** Where nothing is installed but koffi. */
async function bundle(options: BuildOptions, ...libraries: string[]): Promise<{ folder: string; file: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'escapement-bundled-'));
  for (const library of libraries) {
    const link = join(folder, 'node_modules', library);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, 'node_modules', library), link);
  }
  const extension = options.outExtension?.['.js'] ?? '.mjs';
  await build({
    stdin: { contents: PROGRAM, resolveDir: join(root, 'test'), sourcefile: 'program.js' },
    bundle: true,
    platform: 'node',
    logLevel: 'error',
    outdir: folder,
    ...options,
    outExtension: { '.js': extension },
  });
  return { folder, file: join(folder, `stdin${extension}`) };
}

function run({ file, folder }: { file: string; folder: string }) {
  return spawnSync(process.execPath, [file], { cwd: folder, encoding: 'utf8', timeout: 60_000 });
}

describe('a program that is bundled, with all that it imports', function () {
  this.timeout(90_000);

  before(function () {
    if (process.platform === 'linux') return;
    console.log('    skipped: needs Linux');
    this.skip();
  });

  for (const [form, options] of Object.entries(FORMS)) {
    describe(`into ${form}`, () => {
      let folder: string;
      let report: Report;

      before(async () => {
        const made = await bundle(options, 'koffi', '@koromix');
        folder = made.folder;
        const { stdout, stderr } = run(made);
        expect(stderr).to.equal('');
        report = JSON.parse(stdout);
      });
      after(() => rmSync(folder, { recursive: true, force: true }));

      it('sleeps, waits for descriptors and speaks TCP under each strategy', () => {
        for (const { answer } of Object.values(report.told)) expect(answer).to.equal('hello');
        expect(Object.keys(report.told)).to.have.lengthOf(4);
      });

      it('has its helper threads: a loop that waits is not woken all the time', () => {
        for (const name of ['atomicsWaitModule', 'setTimeoutModule', 'epollModule'])
          expect(report.told[name]!.switches, name).to.be.at.most(20);
      });

      it('keeps the names and codes of errors', () => {
        expect(report.error).to.deep.equal(['TimeoutError', 'ESC_TIMEOUT']);
      });

      it("shows the program's own frames in stacks, though they are in the file that has ours", () => {
        expect(report.stack.split('\n').slice(1, 3).join()).to.match(/stdin.*\(coroutine\).*stdin.*\(coroutine\)/);
      });

      it('is told of a missing yield* in debug mode, and of nothing else', () => {
        expect(report.warnings).to.have.lengthOf(1);
        expect(report.warnings[0]).to.match(/^ESC_NEVER_RUN: [\w$]+\(\) was called at .*stdin\.\w+:\d+/);
      });
    });
  }

  for (const [name, options] of Object.entries({
    'an ES module': FORMS['one file']!,
    CommonJS: FORMS['one minified CommonJS file']!,
  })) {
    it(`says what to install where koffi is missing, in ${name}`, async () => {
      const made = await bundle(options);
      try {
        const { stderr, status } = run(made);
        expect(status).to.equal(1);
        expect(stderr).to.include('ESC_MISSING_LIBRARY');
        expect(stderr).to.match(
          /it looked from .*stdin.*If this is a bundle, install koffi where it runs: npm install koffi@\d/,
        );
      } finally {
        rmSync(made.folder, { recursive: true, force: true });
      }
    });
  }
});
