import { expect } from 'chai';
import { every, InvalidTimeError, now, pause, race, Sleep, SleepFor, sleep, sleepUntil, spawn } from 'escapement';
import fc from 'fast-check';
import { virtualLoop } from '../support/virtual-loop.js';

describe('sleep', () => {
  it('resumes at its time, not before', () => {
    const { loop, clock } = virtualLoop();
    clock.time = 100;
    loop.runSync(function* () {
      yield* sleep(2.5);
      expect(clock.time).to.equal(102.5);
      yield* sleepUntil(200);
      expect(clock.time).to.equal(200);
    });
  });

  it('counts from the `yield*`, so one event can be used again', () => {
    const { loop, clock } = virtualLoop();
    const nap = sleep(5);
    clock.time = 50;
    loop.runSync(function* () {
      yield* nap;
      yield* nap;
      expect(clock.time).to.equal(60);
    });
  });

  it('of 0, or until an instant that has passed, resumes next turn: ready tasks go first', () => {
    const { loop, clock } = virtualLoop();
    clock.time = 100;
    const log: string[] = [];
    loop.runSync(function* () {
      for (const [name, event] of [
        ['zero', sleep(0)],
        ['past', sleepUntil(5)],
      ] as const) {
        yield* spawn(
          (function* () {
            yield* event;
            log.push(name);
          })(),
        );
      }
      yield* pause();
      log.push('ready');
    });
    // The one in the past was due before the other.
    expect(log).to.deep.equal(['ready', 'past', 'zero']);
    expect(clock.time).to.equal(100);
  });

  it('of 0 in an endless loop does not stop the other tasks', () => {
    const { loop, clock } = virtualLoop();
    let stop = false;
    loop.runSync(function* () {
      yield* spawn(
        (function* () {
          while (!stop) {
            clock.time += 0.1;
            yield* sleep(0);
          }
        })(),
      );
      yield* sleep(3);
      stop = true;
    });
    expect(clock.time).to.be.closeTo(3, 0.2);
  });

  it('of equal deadlines resumes in the order in which they were made', () => {
    const { loop } = virtualLoop();
    const log: number[] = [];
    loop.runSync(function* () {
      for (let n = 0; n < 1000; n++) {
        yield* spawn(
          (function* () {
            yield* sleepUntil(10);
            log.push(n);
          })(),
        );
      }
    });
    expect(log).to.deep.equal(Array.from({ length: 1000 }, (_, n) => n));
  });

  it('resumes any number of sleepers in the order of their deadlines, none early', () => {
    const property = fc.property(
      fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 400 }),
      durations => {
        const { loop, clock } = virtualLoop();
        const log: number[] = [];
        loop.runSync(function* () {
          for (const duration of durations) {
            yield* spawn(
              (function* () {
                yield* sleepUntil(duration);
                expect(clock.time).to.be.at.least(duration);
                log.push(duration);
              })(),
            );
          }
        });
        expect(log).to.deep.equal([...durations].sort((a, b) => a - b));
      },
    );
    fc.assert(property, { numRuns: 50 });
  });

  it('of Infinity ends when it is cancelled', () => {
    const { loop } = virtualLoop();
    const task = loop.runSync(function* () {
      const forever = yield* spawn(sleep(Infinity));
      yield* sleep(5);
      forever.cancel('at last');
      return forever;
    });
    expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'at last' });
  });

  it('starts at the `yield*`: an event that is only made does nothing', () => {
    expect({ ...new Sleep(5) }).to.deep.equal({ until: 5 });
    expect({ ...new SleepFor(5) }).to.deep.equal({ duration: 5 });
    expect(String(new Sleep(1589572249.34))).to.equal('Sleep(until=1589572249.3)');
  });

  const nonsense: readonly [string, () => unknown, string][] = [
    ['sleep(NaN)', () => sleep(NaN), 'got NaN, expected milliseconds, 0 or more. Some number'],
    ['sleep(-1)', () => sleep(-1), 'got -1, expected milliseconds'],
    ['sleep("5")', () => sleep('5' as never), 'got "5", expected milliseconds, 0 or more. Pass a number'],
    ['sleep()', () => sleep(undefined as never), 'got undefined, expected milliseconds'],
    ['sleepUntil(NaN)', () => sleepUntil(NaN), 'got NaN, expected an instant'],
    ['sleepUntil(new Date())', () => sleepUntil(new Date(0) as never), `got ${new Date(0)}`],
    ['every(0)', () => every(0), 'got 0, expected a period in milliseconds, above 0 and finite'],
    ['every(-5)', () => every(-5), 'got -5'],
    ['every(NaN)', () => every(NaN), 'got NaN'],
    ['every(Infinity)', () => every(Infinity), 'got Infinity'],
  ];
  for (const [call, action, part] of nonsense) {
    it(`${call} is refused with an error that shows the value`, () => {
      expect(action).to.throw(InvalidTimeError, part).with.property('code', 'ESC_INVALID_TIME');
      expect(action).to.throw(InvalidTimeError);
    });
  }
});

describe('every', () => {
  it('ticks at start + n * period, without drift', () => {
    const { loop, clock } = virtualLoop();
    clock.time = 1000;
    const seen: unknown[] = [];
    loop.runSync(function* () {
      const ticks = every(10);
      for (let n = 0; n < 4; n++) {
        const tick = yield* ticks;
        seen.push([tick.index, tick.due, tick.missed, yield* now()]);
        // Work that takes less than a period shifts nothing.
        clock.time += 3 * n;
      }
    });
    expect(seen).to.deep.equal([
      [1, 1010, 0, 1010],
      [2, 1020, 0, 1020],
      [3, 1030, 0, 1030],
      [4, 1040, 0, 1040],
    ]);
  });

  it('skips the ticks that were missed, and counts them', () => {
    const { loop, clock } = virtualLoop();
    const seen: unknown[] = [];
    loop.runSync(function* () {
      const ticks = every(10);
      for (const work of [35, 5, 0]) {
        const { index, due, missed } = yield* ticks;
        seen.push([index, due, missed, yield* now()]);
        clock.time += work;
      }
      seen.push((yield* ticks).index);
    });
    // After tick 1 at 10 the work lasts until 45: ticks 2 and 3 are missed, tick 4 is due already.
    expect(seen).to.deep.equal([[1, 10, 0, 10], [4, 40, 2, 45], [5, 50, 0, 50], 6]);
  });

  it('takes no tick for a wait that is abandoned, and misses none', () => {
    const { loop, clock } = virtualLoop();
    const seen: unknown[] = [];
    loop.runSync(function* () {
      const ticks = every(20);
      for (let round = 0; round < 19; round++) {
        const tick = yield* race([ticks, sleep(5)]);
        if (tick !== undefined) seen.push([tick.index, tick.missed, yield* now()]);
      }
      // Nobody waited for the tick at 100.
      clock.time = 125;
      const { index, missed } = yield* ticks;
      seen.push([index, missed, yield* now()]);
    });
    expect(seen).to.deep.equal([
      [1, 0, 20],
      [2, 0, 40],
      [3, 0, 60],
      [4, 0, 80],
      [6, 1, 125],
    ]);
  });

  it('gives each tick to one of the tasks that wait for it', () => {
    const { loop } = virtualLoop();
    const seen: string[] = [];
    loop.runSync(function* () {
      const ticks = every(10);
      for (const name of ['a', 'b', 'c']) {
        yield* spawn(function* () {
          const { index, missed } = yield* ticks;
          seen.push(`${name} ${index} ${missed} at ${yield* now()}`);
        });
      }
    });
    expect(seen).to.deep.equal(['a 1 0 at 10', 'b 2 0 at 20', 'c 3 0 at 30']);
  });

  it('never loses count, whatever the work between ticks', () => {
    const works = fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { maxLength: 50 });
    const periods = fc.double({ min: 0.1, max: 20, noNaN: true });
    fc.assert(
      fc.property(works, periods, (durations, period) => {
        const { loop, clock } = virtualLoop();
        let counted = 0;
        let last = 0;
        loop.runSync(function* () {
          const ticks = every(period);
          for (const work of durations) {
            const { index, due, missed } = yield* ticks;
            counted += 1 + missed;
            expect(index).to.equal(counted);
            expect(due).to.equal(index * period);
            expect(clock.time).to.be.at.least(due);
            expect(due).to.be.greaterThan(last);
            last = due;
            clock.time += work;
          }
        });
      }),
    );
  });
});
