import { execFile } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readFile as readFileByCallback, rmSync } from 'node:fs';
import { appendFile, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { abortable, eventsOf, itemsOf, type Resolved, resolved } from '@escapement/promises';
import { promiseModule } from '@escapement/promises/module';
import { type SettlingOptions, SettlingTimeStrategy, VirtualClock } from '@escapement/virtual-time';
import { settlingTime, settlingTimeModule } from '@escapement/virtual-time/module';
import { expect } from 'chai';
import {
  all,
  type Coroutine,
  createLoop,
  DeadlockError,
  every,
  type Now,
  now,
  type SleepFor,
  sleep,
  sleepModule,
  spawn,
  TimeoutError,
  timeout,
} from 'escapement';
import fc from 'fast-check';
import { errorOf } from '../promises/promise-loop.js';

const loopOf = (options?: SettlingOptions) => createLoop(settlingTime(options), sleepModule, promiseModule);
const never = new Promise<never>(() => {});

/** A promise that settles after so many microtasks, or turns of the host, one after another. */
async function inTurn(count: number, step: () => unknown): Promise<number> {
  for (let n = 0; n < count; n++) await step();
  return count;
}
/** A server that takes its time, and a request to it. */
async function fetchFromItself(): Promise<string> {
  const server = createServer(socket =>
    later(20).then(() => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi')),
  );
  await new Promise<void>(resolve => server.listen(0, resolve));
  try {
    const response = await fetch(`http://127.0.0.1:${(server.address() as { port: number }).port}`);
    return await response.text();
  } finally {
    server.close();
  }
}
/** What is open when a strategy is made counts as idle. So it must not be what an earlier operation is about to close. */
async function leftoversClosed(): Promise<void> {
  let before = '';
  for (let same = 0; same < 20; ) {
    await later(1);
    const present = process.getActiveResourcesInfo().sort().join();
    same = present === before ? same + 1 : 0;
    before = present;
  }
}

const microtasks = (count: number) => inTurn(count, () => undefined);
const immediates = (count: number) => inTurn(count, () => new Promise(resolve => setImmediate(resolve)));

describe('settlingTimeModule', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'settling-'));
  after(() => rmSync(scratch, { recursive: true }));

  it('settles promises of microtasks and immediates, in chains of any length, before time jumps', async () => {
    for (const promise of [() => microtasks(1), () => microtasks(500), () => immediates(1), () => immediates(50)]) {
      const end = await loopOf().run(function* () {
        const ticks = yield* spawn(
          (function* () {
            for (;;) yield* every(0.001);
          })(),
          { daemon: true },
        );
        yield* resolved(promise());
        expect(ticks.isEnded).to.equal(false);
        return yield* now();
      });
      expect(end).to.equal(0);
    }
  });

  it('settles what is real before time jumps: files, sockets, processes', async () => {
    const operations: (() => Promise<unknown>)[] = [
      () => readFile(fileURLToPath(import.meta.url)),
      () => promisify(readFileByCallback)(fileURLToPath(import.meta.url)),
      () => stat(fileURLToPath(import.meta.url)),
      () => appendFile(join(scratch, 'settled'), 'written'),
      () => fetchFromItself(),
      () => promisify(execFile)(process.execPath, ['--version']),
    ];
    for (const operation of operations) {
      await leftoversClosed();
      await loopOf({ patience: 10_000 }).run(function* () {
        yield* timeout(1, resolved(operation()));
        expect(yield* now()).to.equal(0);
      });
    }
  });

  it('lets a time limit around a promise that nothing settles come at its virtual instant', async function () {
    // The fault holds up each try, a busy machine one of them.
    this.retries(3);
    const began = performance.now();
    await loopOf().run(function* () {
      for (let round = 1; round <= 100; round++) {
        try {
          yield* timeout(3_600_000, resolved(never));
        } catch (error) {
          expect(error).to.be.instanceOf(TimeoutError);
        }
        expect(yield* now()).to.equal(round * 3_600_000);
      }
    });
    expect(performance.now() - began).to.be.below(1000);
  });

  it('jumps once patience has run out, and aborts what takes longer', async () => {
    const server = createServer();
    const operation = abortable(signal => once(server.listen(0), 'connection', { signal }));
    const began = performance.now();
    await loopOf({ patience: 20 }).run(function* () {
      try {
        yield* timeout(500, operation);
        expect.fail('nothing was thrown');
      } catch (error) {
        expect(error).to.be.instanceOf(TimeoutError);
      }
      expect(yield* now()).to.equal(500);
    });
    server.close();
    expect(performance.now() - began).to.be.within(19, 5000);
  });

  it('counts what has outlasted its patience as idle: a server that listens holds up one jump', async function () {
    // The fault holds up each try, a busy machine one of them.
    this.retries(3);
    const server = createServer();
    const began = performance.now();
    await loopOf({ patience: 100 }).run(function* () {
      server.listen(0);
      for (let n = 0; n < 20; n++) yield* sleep(1000);
      expect(yield* now()).to.equal(20_000);
    });
    server.close();
    expect(performance.now() - began).to.be.within(99, 1500);
  });

  it('asks the given function whether the host is busy, and waits for `patience` at each jump', async () => {
    let asked = 0;
    const isHostBusy = () => {
      asked++;
      return true;
    };
    const began = performance.now();
    await loopOf({ patience: 15, isHostBusy }).run(function* () {
      yield* sleep(1);
      yield* sleep(1);
    });
    expect(performance.now() - began).to.be.at.least(29);
    expect(asked).to.be.above(5);
  });

  it('waits for as many quiet turns as it is told', async () => {
    const outcome = (quietTurns: number) =>
      loopOf({ quietTurns, isHostBusy: () => false }).run(function* () {
        yield* resolved(immediates(5));
        return yield* now();
      });
    const racing = (quietTurns: number) =>
      loopOf({ quietTurns, isHostBusy: () => false }).run(function* () {
        try {
          yield* timeout(1, resolved(immediates(5)));
          return 'settled';
        } catch {
          return 'timed out';
        }
      });
    expect(await outcome(1)).to.equal(0);
    expect([await racing(1), await racing(10)]).to.deep.equal(['timed out', 'settled']);
  });

  it('without a deadline waits for the host, and reports a deadlock if that has nothing to do', async () => {
    await loopOf().run(function* () {
      yield* resolved(later(30));
      expect(yield* now()).to.equal(0);
    });
    expect(await errorOf(() => loopOf().run(sleep(Infinity)))).to.be.instanceOf(DeadlockError);
  });

  it('serves emitters and async iterables, and lets a cancelled clean-up settle', async () => {
    const emitter = new EventEmitter();
    const log: string[] = [];
    async function* lines() {
      try {
        for (let n = 0; ; n++) {
          await immediates(2);
          yield `line ${n}`;
        }
      } finally {
        await immediates(3);
        log.push('closed');
      }
    }
    await loopOf().run(function* () {
      const events = yield* eventsOf<[string]>(emitter, 'said');
      const reader = yield* spawn(function* () {
        const items = yield* itemsOf(lines());
        yield* items.forEach(function* (line) {
          emitter.emit('said', line);
          yield* sleep(1000);
        });
      });
      for (let n = 0; n < 3; n++) log.push(`${(yield* events.next()).value![0]} at ${yield* now()}`);
      reader.cancel();
      yield* sleep(1);
      log.push(`${reader.state} at ${yield* now()}`);
    });
    expect(log).to.deep.equal(['line 0 at 0', 'line 1 at 1000', 'line 2 at 2000', 'closed', 'cancelled at 2001']);
  });

  it('lets no time pass but that of the sleeps, and runs the same each time, whatever waits for promises', async () => {
    type Step = { readonly kind: 'sleep' | 'microtasks' | 'immediates'; readonly count: number };
    const step: fc.Arbitrary<Step> = fc.record({
      kind: fc.constantFrom('sleep', 'microtasks', 'immediates'),
      count: fc.integer({ min: 0, max: 12 }),
    });
    const programs = fc.array(fc.array(step, { maxLength: 6 }), { minLength: 1, maxLength: 5 });

    async function logOf(scripts: readonly (readonly Step[])[]): Promise<string[]> {
      const log: string[] = [];
      function* perform(name: number, steps: readonly Step[]): Coroutine<void, SleepFor | Resolved | Now> {
        // The model: an instant is the sum of the sleeps before it.
        let expected = 0;
        for (const { kind, count } of steps) {
          if (kind === 'sleep') yield* sleep(count);
          else yield* resolved(kind === 'microtasks' ? microtasks(count) : immediates(count));
          expected += kind === 'sleep' ? count : 0;
          expect(yield* now()).to.equal(expected);
          log.push(`${name} ${kind} ${expected}`);
        }
      }
      await loopOf().run(() => all(scripts.map((steps, name) => perform(name, steps))));
      return log;
    }

    await fc.assert(
      fc.asyncProperty(programs, async scripts => {
        expect(await logOf(scripts)).to.deep.equal(await logOf(scripts));
      }),
      { numRuns: 100 },
    );
  });

  it('refuses wrong options by name', () => {
    for (const [options, message] of [
      [5, 'SettlingTimeStrategy got 5, expected options'],
      [{ quietTurns: 0 }, 'quietTurns of SettlingTimeStrategy is 0'],
      [{ patience: -1 }, 'SettlingTimeStrategy got -1 for `patience`, expected real milliseconds, 0 or more'],
      [{ isHostBusy: true }, 'SettlingTimeStrategy for `isHostBusy` got true'],
    ] as const)
      expect(() => new SettlingTimeStrategy(new VirtualClock(), options as never)).to.throw(message);
  });

  it('is a module with a clock of its own for each container', async () => {
    const ends = [0, 1].map(() =>
      createLoop(settlingTimeModule, sleepModule).run(function* () {
        yield* sleep(5);
        return yield* now();
      }),
    );
    expect(await Promise.all(ends)).to.deep.equal([5, 5]);
  });
});
