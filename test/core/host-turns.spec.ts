import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { EventLoop, pause, SleepHandler, sleep, spawn } from 'escapement';
import fc from 'fast-check';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { JumpStrategy, virtualLoop } from '../support/virtual-loop.js';

/** Calls back in each turn that the host gets, until it is stopped. */
async function inEachTurn(callback: () => void, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await turn();
    callback();
  }
}

describe('turns of the host', () => {
  it('come at least every so often, whether tasks sleep or are always ready', async () => {
    const task = fc.record({ rests: fc.array(fc.nat(120), { maxLength: 8 }), isBusy: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(task, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 60 }),
        async (tasks, hostTurns) => {
          const { loop, clock } = virtualLoop();
          // Each look at the clock takes time, so that tasks that do not sleep do, too.
          clock.costOfLooking = 0.01;
          let isOver = false;
          let last = clock.time;
          let longest = 0;
          const watching = inEachTurn(
            () => {
              longest = Math.max(longest, clock.time - last);
              last = clock.time;
            },
            () => isOver,
          );
          await loop.run(
            function* () {
              for (const { rests, isBusy } of tasks) {
                yield* spawn(function* () {
                  for (const rest of rests) {
                    yield* sleep(rest);
                    for (let n = 0; isBusy && n < 1000; n++) yield* pause();
                  }
                });
              }
            },
            { hostTurns },
          );
          longest = Math.max(longest, clock.time - last);
          isOver = true;
          await watching;
          // A turn of the loop may come in between.
          expect(longest).to.be.below(hostTurns + 1);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('change nothing of what tasks do and when, and cut sleeps only', async () => {
    const rests = fc.array(fc.array(fc.nat(200), { maxLength: 5 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(rests, fc.integer({ min: 1, max: 60 }), async (tasks, hostTurns) => {
        async function logOf(options: { hostTurns?: number }) {
          const { loop, clock } = virtualLoop();
          const log: string[] = [];
          await loop.run(function* () {
            for (const [n, task] of tasks.entries()) {
              yield* spawn(function* () {
                for (const rest of task) {
                  yield* sleep(rest);
                  log.push(`${n} at ${clock.time}`);
                }
              });
            }
          }, options);
          return log;
        }
        expect(await logOf({ hostTurns })).to.deep.equal(await logOf({}));
      }),
      { numRuns: 50 },
    );
  });

  it('let host code abort, spawn and settle in a loop that blocks', async () => {
    const handler = new SignalHandler();
    const { loop, clock } = virtualLoop({ handlers: [handler] });
    const controller = new AbortController();
    const event = new Signal<string>();
    const run = loop.run(
      function* () {
        const keepAlive = loop.keepAlive();
        const value = yield* event;
        keepAlive.release();
        yield* sleep(1e6);
        return value;
      },
      { hostTurns: 50, signal: controller.signal },
    );
    // Only the keep-alive and the signal hold the run: it sleeps for ever, in parts.
    await turn();
    const spawned = loop.spawn(sleep(120));
    handler.waiting.get(event)!.resolve('from the host');
    await spawned;
    expect(clock.time).to.be.within(120, 300);
    controller.abort('enough');
    expect(await run.catch(error => error)).to.include({ code: 'ESC_CANCELLED', reason: 'enough' });
    expect(clock.time).to.be.below(1000);
  });

  it('hide no deadlock, and no strategy that has stalled', async () => {
    const { loop } = virtualLoop({ handlers: [new SignalHandler()] });
    const deadlocked = await loop.run(new Signal(), { hostTurns: 50 }).catch(error => error);
    expect(deadlocked).to.have.property('code', 'ESC_DEADLOCK');
    const strategy = new JumpStrategy();
    strategy.sleep = () => {};
    const stalled = new EventLoop({ strategy, handlers: [new SleepHandler(strategy.clock)] });
    const error = await stalled.run(sleep(100), { hostTurns: 50 }).catch(error => error);
    expect(error).to.have.property('code', 'ESC_STRATEGY_STALLED');
  });

  it('come by messages on a host without setImmediate, as in a page', async () => {
    const { loop, strategy } = virtualLoop();
    const host = globalThis as { setImmediate: unknown };
    const { setImmediate } = host;
    let timerFired = false;
    try {
      host.setImmediate = undefined;
      setTimeout(() => {
        timerFired = true;
      });
      await loop.run(
        function* () {
          while (!timerFired) yield* sleep(10);
        },
        { hostTurns: 20 },
      );
    } finally {
      host.setImmediate = setImmediate;
    }
    expect(strategy.sleeps.length).to.be.above(1);
  });

  it('end with the run: the next one has none, and may run synchronously', async () => {
    const { loop, strategy } = virtualLoop();
    await loop.run(sleep(120), { hostTurns: 50 });
    expect(strategy.sleeps).to.deep.equal([50, 100, 120]);
    strategy.sleeps.length = 0;
    loop.runSync(sleep(1000));
    expect(strategy.sleeps).to.deep.equal([1120]);
    // A coroutine may ask for turns in a run that can have none.
    const value = loop.runSync(function* () {
      loop.spawn(sleep(100), { hostTurns: 1 });
      yield* sleep(100);
      return 'at once';
    });
    expect(value).to.equal('at once');
    await loop.spawn(sleep(100), { hostTurns: 50 });
    expect(strategy.sleeps.length).to.be.above(3);
  });

  it('come in no run in virtual time, which nothing outside can change', async () => {
    const strategy = new JumpStrategy();
    Object.assign(strategy, { waits: 'jumps' });
    const loop = new EventLoop({ strategy, handlers: [new SleepHandler(strategy.clock)] });
    await loop.run(sleep(500), { hostTurns: 50 });
    expect(strategy.sleeps).to.deep.equal([500]);
  });

  it('are a number of milliseconds above 0; anything else is refused', async () => {
    const { loop } = virtualLoop();
    for (const hostTurns of [0, -1, Number.NaN, '50']) {
      const options = { hostTurns: hostTurns as number };
      const error = await loop.run(pause(), options).catch(error => error);
      expect(error.message).to.include('for `hostTurns`, expected milliseconds, above 0');
      expect(() => loop.spawn(pause(), options)).to.throw('spawn got');
    }
  });
});

describe('runSync in a process that listens for signals', () => {
  function warningsOf(...durations: number[]): string[] {
    const { loop, warnings } = virtualLoop();
    for (const duration of durations) loop.runSync(sleep(duration));
    return warnings.map(({ code, message }) => `${code}: ${message}`);
  }

  it('warns once if it goes on for more than a second, and says what to use', () => {
    const before = process.rawListeners('SIGUSR2');
    const listener = () => {};
    process.on('SIGUSR2', listener);
    try {
      expect(warningsOf(1000)).to.deep.equal([]);
      const [warning, ...others] = warningsOf(1001, 5000);
      expect(warning).to.match(/^ESC_SIGNALS_BLOCKED: runSync goes on .* listens for .*SIGUSR2.*hostTurns: 50/);
      expect(others).to.deep.equal([]);
    } finally {
      process.off('SIGUSR2', listener);
    }
    expect(process.rawListeners('SIGUSR2')).to.deep.equal(before);
  });

  it('warns of tasks that are always ready, too, and of nothing under `run`', async () => {
    process.on('SIGUSR2', pause);
    try {
      const { loop, clock, warnings } = virtualLoop();
      function* busily() {
        while (clock.time < 2500) {
          clock.time++;
          yield* pause();
        }
      }
      await loop.run(busily);
      expect(warnings).to.deep.equal([]);
      clock.time = 0;
      loop.runSync(busily);
      expect(warnings.map(({ code }) => code)).to.deep.equal(['ESC_SIGNALS_BLOCKED']);
    } finally {
      process.off('SIGUSR2', pause);
    }
  });
});
