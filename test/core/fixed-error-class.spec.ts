import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { type Coroutine, debugging, EventLoop, type LoopEvent, SleepHandler, sleep, spawn } from 'escapement';
import { JumpStrategy } from '../support/virtual-loop.js';

// How the host makes stacks belongs to the program: the loop leaves it as it is, and works whatever it is.

function debugLoop() {
  const strategy = new JumpStrategy();
  const handlers = [new SleepHandler(strategy.clock)];
  return new EventLoop({ strategy, handlers, instruments: [{ warned() {} }, ...debugging(strategy.clock)] });
}

/** Cancels a task, forgets a `yield*`, and throws. */
function* main(error: Error): Coroutine<void, LoopEvent> {
  const task = yield* spawn(sleep(50));
  sleep(5);
  yield* sleep(1);
  task.cancel('no longer needed');
  throw error;
}

function thrownBy(error: Error): unknown {
  try {
    debugLoop().runSync(main(error) as Coroutine<void>);
  } catch (thrown) {
    return thrown;
  }
  throw new Error('nothing was thrown');
}

describe('an Error class that the program has changed', () => {
  const { stackTraceLimit } = Error;
  const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');

  afterEach(() => {
    Object.defineProperty(Error, 'stackTraceLimit', {
      value: stackTraceLimit,
      configurable: true,
      enumerable: true,
      writable: true,
    });
    if (before === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace');
    else Object.defineProperty(Error, 'prepareStackTrace', before);
  });

  const limits: Readonly<Record<string, PropertyDescriptor | undefined>> = {
    missing: undefined,
    fixed: { value: 7, writable: false },
    'no number': { value: 'many', writable: true },
    'a getter that throws': {
      get() {
        throw new Error('hands off');
      },
    },
    'a setter that throws': {
      get: () => 7,
      set() {
        throw new Error('hands off');
      },
    },
  };
  for (const [what, descriptor] of Object.entries(limits)) {
    it(`has a stackTraceLimit that is ${what}, and keeps it`, () => {
      Reflect.deleteProperty(Error, 'stackTraceLimit');
      if (descriptor !== undefined)
        Object.defineProperty(Error, 'stackTraceLimit', { ...descriptor, configurable: true });
      const expected = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit');
      const error = new Error('the error of the program');
      const thrown = thrownBy(error);
      const found = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit');
      expect(thrown).to.equal(error);
      expect(found).to.deep.equal(expected);
    });
  }

  const formatters: Readonly<Record<string, (...args: unknown[]) => unknown>> = {
    throws: () => {
      throw new Error('no stack');
    },
    'returns no string': (_error, frames) => frames,
    'returns nothing': () => undefined,
  };
  for (const [what, prepareStackTrace] of Object.entries(formatters)) {
    it(`has a prepareStackTrace that ${what}, and gets its errors as they are`, () => {
      const error = new Error('the error of the program');
      (Error as { prepareStackTrace?: unknown }).prepareStackTrace = prepareStackTrace;
      const thrown = thrownBy(error);
      const found = (Error as { prepareStackTrace?: unknown }).prepareStackTrace;
      Reflect.deleteProperty(Error, 'prepareStackTrace');
      expect(thrown).to.equal(error);
      expect(found).to.equal(prepareStackTrace);
    });
  }

  it('is frozen by --frozen-intrinsics, and the loop works', () => {
    const packages = ['@escapement/core', '@escapement/sleep', '@escapement/strategies'];
    const imports = packages.map(name => `...await import(${JSON.stringify(import.meta.resolve(name))})`);
    const program = `
      const { EventLoop, SleepHandler, BusyWaitStrategy, PerformanceClock, sleep, spawn, timeout } = { ${imports.join(', ')} };
      for (const debug of [false, true]) {
        const clock = new PerformanceClock();
        const loop = new EventLoop({ strategy: new BusyWaitStrategy(clock), handlers: [new SleepHandler(clock)], debug });
        const boom = new Error('boom');
        try {
          loop.runSync(function* () {
            const task = yield* spawn(sleep(50));
            yield* sleep(0);
            task.cancel('no longer needed');
            try { yield* timeout(0, sleep(50)); } catch (error) { console.log(error.code); }
            throw boom;
          });
        } catch (error) { console.log(error === boom); }
        console.log(loop.runSync(function* () { yield* sleep(0); return 'works'; }));
      }`;
    const args = ['--frozen-intrinsics', '--no-warnings', '--input-type=module', '--eval', program];
    const out = execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 30_000 });
    expect(out.trim().split(/\s+/)).to.deep.equal(['ESC_TIMEOUT', 'true', 'works', 'ESC_TIMEOUT', 'true', 'works']);
  });
});
