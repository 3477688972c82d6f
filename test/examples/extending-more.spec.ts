import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { memoryPair } from '@escapement/streams/memory';
import { memoryModule } from '@escapement/streams/module';
import { syncModule } from '@escapement/sync/module';
import { VirtualClock, VirtualTimeStrategy } from '@escapement/virtual-time';
import { virtualTimeModule } from '@escapement/virtual-time/module';
import { expect } from 'chai';
import {
  atomicsWaitModule,
  createLoop,
  EventLoop,
  type Instant,
  InvalidArgumentError,
  PerformanceClock,
  pause,
  SetTimeoutStrategy,
  SleepStrategy,
  type SpawnOptions,
  sleep,
  sleepModule,
  spawn,
  timeout,
  Wakeup,
} from 'escapement';
import { load } from './example.js';

const { ageing } = await load<typeof import('../../docs/examples/extending/ageing.js')>(
  'docs/examples/extending/ageing.ts',
);
const { Asker } = await load<typeof import('../../docs/examples/extending/asker.js')>(
  'docs/examples/extending/asker.ts',
);
const { MeasuredStrategy } = await load<typeof import('../../docs/examples/extending/measured.js')>(
  'docs/examples/extending/measured.ts',
);
const { nap } = await load<typeof import('../../docs/examples/extending/nap.js')>('docs/examples/extending/nap.ts');
const { NextChangeHandler, nextChange } = await load<typeof import('../../docs/examples/extending/next-change.js')>(
  'docs/examples/extending/next-change.ts',
);
const { Progress, progressModule, Reporter } = await load<typeof import('../../docs/examples/extending/progress.js')>(
  'docs/examples/extending/progress.ts',
);

describe('Extending: an option of a strategy', () => {
  for (const wrong of [0, -1, Number.NaN, '1' as never]) {
    it(`is refused where it is written: ${wrong}`, () => {
      expect(() => nap({ shortest: wrong })).to.throw(
        InvalidArgumentError,
        'for `shortest`, expected milliseconds above 0',
      );
    });
  }
});

describe('Extending: a handler for callbacks', () => {
  function changeLoop() {
    const handler = new NextChangeHandler();
    const strategy = new SetTimeoutStrategy(new PerformanceClock());
    return { handler, loop: new EventLoop({ strategy, handlers: [handler] }) };
  }

  it('settles the wait with what the callback got, and closes what it had opened', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'watched-'));
    const { handler, loop } = changeLoop();
    const name = await loop.run(function* () {
      const task = yield* spawn(nextChange(folder));
      yield* pause();
      expect(handler.inFlight()).to.equal(1);
      writeFileSync(join(folder, 'new'), '');
      return yield* task.join();
    });
    expect(name).to.equal('new');
    expect(handler.inFlight()).to.equal(0);
    rmSync(folder, { recursive: true });
  });

  it('forgets the wait of a cancelled task', async () => {
    const { handler, loop } = changeLoop();
    await loop.run(function* () {
      const task = yield* spawn(nextChange(tmpdir()));
      yield* pause();
      task.cancel();
      yield* pause();
      expect(task.isEnded).to.equal(true);
    });
    expect(handler.inFlight()).to.equal(0);
  });

  it('throws at the task if there is no such folder', async () => {
    const { handler, loop } = changeLoop();
    const error = await loop.run(nextChange('/no/such/folder')).catch(error => error);
    expect(error).to.have.property('code', 'ENOENT');
    expect(handler.inFlight()).to.equal(0);
  });
});

describe('Extending: what another thread does', () => {
  it('is found at each level, also what was done before anybody waited, and before the end', () => {
    const progress = new Progress();
    const reporter = new Reporter(progress.link);
    createLoop(atomicsWaitModule, sleepModule, progressModule).runSync(function* () {
      reporter.advance();
      yield* progress.reached(1);
      const task = yield* spawn(progress.reached(3));
      reporter.advance();
      yield* sleep(1);
      expect(task.isEnded).to.equal(false);
      reporter.advance();
      yield* task.join();
    });
  });

  const deaths = {
    'comes to its end': 'void 0',
    'throws what nobody catches': 'throw new Error("broken")',
    exits: 'process.exit()',
    'cannot be loaded': undefined,
    'is terminated': 'setInterval(() => {}, 1000)',
  };
  for (const [name, code] of Object.entries(deaths)) {
    it(`ends the waits with an error, in a loop that blocks, when the thread ${name} before`, async () => {
      const progress = new Progress();
      const { link } = progress;
      const url = code === undefined ? 'file:///no/such/thread.js' : `data:text/javascript,${encodeURIComponent(code)}`;
      const worker = new Worker(new URL(url), { workerData: link, transferList: [link.port] });
      const exited = new Promise(resolve => worker.once('exit', resolve));
      worker.on('error', () => {});
      const loop = createLoop(atomicsWaitModule, sleepModule, progressModule);
      // A wait without an end would block the thread, and the test could not fail.
      const run = () => loop.runSync(timeout(20_000, progress.reached(2)));
      if (name === 'is terminated') {
        await once(worker, 'online');
        void worker.terminate();
      }
      expect(run).to.throw('the thread has ended at 0, expected 2');
      await exited;
    });
  }
});

describe('Extending: a priority policy with ageing', () => {
  function order(patience: number, tasks: readonly SpawnOptions[]): string {
    const log: string[] = [];
    createLoop(virtualTimeModule, ageing({ patience })).runSync(function* () {
      for (const options of tasks) {
        yield* spawn(function* () {
          for (let n = 0; n < 4; n++) {
            log.push(options.name as string);
            yield* pause();
          }
        }, options);
      }
    });
    return log.join('');
  }

  it('serves equal tasks in turn, and the highest priority first', () => {
    const tasks = [{ name: 'a' }, { name: 'b' }, { name: 'H', priority: 1 }];
    expect(order(Infinity, tasks)).to.equal('HHHHabababab');
  });

  it('lets a waiting task ahead after `patience` steps for each priority', () => {
    const tasks = [
      { name: 'a', priority: -1 },
      { name: 'H', priority: 1 },
    ];
    expect(order(1, tasks)).to.equal('HHaHHaaa');
  });

  it('refuses a patience that is no number above 0', () => {
    expect(() => ageing({ patience: 0 })).to.throw(InvalidArgumentError, 'a number of steps above 0');
  });
});

describe('Extending: a wrapper around a strategy', () => {
  class Changing extends SleepStrategy {
    override readonly alias = 'changing';
    override waits: 'blocks' | 'yields' = 'blocks';
    override clock = new PerformanceClock();
    override sleepsIn: object | undefined = undefined;
    isClosed = false;

    override sleep(until: Instant): void | Promise<void> {
      if (until < 0) throw new RangeError('thrown');
      if (this.waits === 'yields') return Promise.reject(new RangeError('rejected'));
    }

    override close(): void {
      this.isClosed = true;
    }
  }

  it('has the clock, the way to wait and sleepsIn of the other at that moment, and closes it', () => {
    const inner = new Changing();
    const wrapper = new MeasuredStrategy(inner);
    expect(wrapper.waits).to.equal('blocks');
    inner.waits = 'yields';
    inner.sleepsIn = {};
    inner.clock = new PerformanceClock();
    expect(wrapper.waits).to.equal('yields');
    expect(wrapper.sleepsIn).to.equal(inner.sleepsIn);
    expect(wrapper.clock).to.equal(inner.clock);
    wrapper.close();
    expect(inner.isClosed).to.equal(true);
  });

  it('passes on what the other throws and rejects', async () => {
    const inner = new Changing();
    const wrapper = new MeasuredStrategy(inner);
    expect(() => wrapper.sleep(-1, new Wakeup())).to.throw(RangeError, 'thrown');
    inner.waits = 'yields';
    const error = await Promise.resolve(wrapper.sleep(1, new Wakeup())).catch(error => error);
    expect(error).to.have.property('message', 'rejected');
  });

  it('measures in the time of the other', () => {
    const clock = new VirtualClock();
    const wrapper = new MeasuredStrategy(new VirtualTimeStrategy(clock));
    wrapper.sleep(5, new Wakeup());
    expect(wrapper.worst).to.equal(0);
    wrapper.sleep(2, new Wakeup());
    expect(wrapper.worst).to.equal(3);
  });
});

describe('Extending: questions to another machine', () => {
  it('are answered each to its asker; an answer that nobody waits for any more is dropped', () => {
    const answers: string[] = [];
    createLoop(virtualTimeModule, sleepModule, memoryModule, syncModule).runSync(function* () {
      const [here, there] = memoryPair();
      const asker = new Asker(here);
      yield* spawn(asker.run());
      const hopeless = yield* spawn(asker.ask('one'));
      const patient = yield* spawn(asker.ask('two'));
      expect([yield* there.readLine(), yield* there.readLine()]).to.deep.equal(['1 one', '2 two']);
      hopeless.cancel();
      yield* there.write('1 late\n3 for nobody\n2 in time\n');
      answers.push(yield* patient.join());
      there.close();
    });
    expect(answers).to.deep.equal(['in time']);
  });

  it('fail when the connection ends, and so do those that come later', () => {
    const codes: string[] = [];
    createLoop(virtualTimeModule, sleepModule, memoryModule, syncModule).runSync(function* () {
      const [here, there] = memoryPair();
      const asker = new Asker(here);
      const running = yield* spawn(asker.run());
      function* ask() {
        try {
          yield* asker.ask('anything');
        } catch (error) {
          codes.push((error as { code: string }).code);
        }
      }
      yield* spawn(ask());
      yield* there.readLine();
      there.close();
      yield* running.join();
      yield* ask();
    });
    expect(codes).to.deep.equal(['ASKER_LOST', 'ASKER_LOST']);
  });
});
