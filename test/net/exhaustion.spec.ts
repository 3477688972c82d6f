import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';

const execute = promisify(execFile);

const MODULES = {
  'busy-wait': 'busyWaitModule',
  'atomics-wait': 'atomicsWaitModule',
  'set-timeout': 'setTimeoutModule',
  epoll: 'epollModule',
};

/** A server that runs out of descriptors, with its clients in the same process: each connection takes two. */
const program = (module: string) => `
  import { execFileSync } from 'node:child_process';
  import { getHeapStatistics } from 'node:v8';
  import * as escapement from 'escapement';
  import * as io from '@escapement/io';
  import { netModule, TcpListener, TcpStream } from '@escapement/net';
  const { ${module} } = { ...escapement, ...io };
  const { createLoop, sleep, sleepModule, spawn } = escapement;
  const heap = () => (gc(), getHeapStatistics().used_heap_size);

  const report = await createLoop(${module}, io.ioModule, sleepModule, netModule).run(function* () {
    const listener = TcpListener.listen();
    let served = 0;
    const server = yield* spawn(listener.serve(function* (stream) {
      served++;
      while ((yield* stream.read()) !== undefined);
    }));
    yield* sleep(200);
    // Not from the start: loading the modules takes more.
    execFileSync('prlimit', ['--pid', process.pid, '--nofile=64:64']);
    const clients = [];
    let refused = 0;
    for (let n = 0; n < 100; n++) {
      try {
        clients.push(yield* TcpStream.connect({ port: listener.address.port }));
      } catch (error) {
        if (error.code !== 'EMFILE') throw error;
        refused++;
      }
    }
    yield* sleep(300);
    const before = { served, open: clients.length, heap: heap() };
    yield* sleep(300);
    const growth = heap() - before.heap;
    // One by one: each close makes room for another connection, and the limit is reached again.
    for (const client of clients) {
      client.close();
      yield* sleep(40);
    }
    yield* sleep(1500);
    const after = served;
    const late = yield* TcpStream.connect({ port: listener.address.port });
    yield* late.write('x');
    yield* sleep(50);
    late.close();
    console.warn('the end of the run');
    listener.close();
    yield* server.join();
    return { ...before, refused, growth, after, served };
  });
  console.log(JSON.stringify(report));`;

describe('net: out of descriptors', () => {
  const runs = new Map<string, Promise<{ stdout: string; stderr: string }>>();

  // They run at the same time, because they mostly wait.
  before(() => {
    for (const module of Object.values(MODULES)) {
      const args = ['--expose-gc', '--input-type=module', '-e', program(module)];
      const run = execute(process.execPath, args, { timeout: 25_000 });
      run.catch(() => {});
      runs.set(module, run);
    }
  });

  for (const [name, module] of Object.entries(MODULES)) {
    it(`10. accept waits, warns once and goes on when connections have ended [${name}]`, async () => {
      const { stdout, stderr } = await runs.get(module)!;
      const report = JSON.parse(stdout);
      expect(report.refused, 'the limit was reached').to.be.above(0);
      expect(report.served, 'each connection that was made is served').to.equal(report.open + 1);
      expect(report.after).to.equal(report.open);
      expect(report.growth).to.be.below(500_000);
      const told = stderr.split('\n').filter(line => /^ESC_|end of the run/.test(line));
      expect(told[0]).to.match(/^ESC_ACCEPT_EXHAUSTED: TCP listener 127.0.0.1:\d+ cannot accept for now: EMFILE/);
      expect(told.slice(1)).to.deep.equal(['the end of the run']);
    }).timeout(30_000);
  }
});
