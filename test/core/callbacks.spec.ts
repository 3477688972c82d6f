import { expect } from 'chai';
import {
  call,
  currentTask,
  EventHandler,
  EventLoop,
  LoopEvent,
  onCancel,
  PolicyError,
  pause,
  SchedulingPolicy,
  StrategyError,
  sleep,
  spawn,
  supervise,
  type Waiter,
  type WatchTarget,
  warn,
  watch,
} from 'escapement';
import { JumpStrategy, virtualLoop } from '../support/virtual-loop.js';

async function errorOf(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  try {
    return Object.assign(new Error(`the value ${await promise}`), {});
  } catch (error) {
    return error as Error;
  }
}

/** What a program of JavaScript passes. */
const wrong = <T>(value: unknown) => value as T;

describe('a function that is only called', () => {
  it('and is a generator function, whose body would never run, is refused', async () => {
    const { loop } = virtualLoop();
    const silent = wrong<() => void>(function* silent() {});
    const programs = [
      () => onCancel(silent),
      () => supervise(sleep(1), { ended: silent }),
      () => watch(sleep(1), { resolved: silent, rejected() {} }),
      () => watch(sleep(1), { resolved() {}, rejected: silent }),
      function* () {
        (yield* currentTask()).defer(silent);
      },
    ];
    for (const program of programs) {
      const error = await errorOf(loop.run(wrong<() => LoopEvent & Iterable<never>>(program)));
      expect(error).to.have.property('code', 'ESC_INVALID_ARGUMENT');
      expect(error.message).to.contain('the generator function').and.to.contain('without `*`');
    }
  });

  it('and is no function, or the target of a watch that is none, is refused where it is given', async () => {
    const { loop } = virtualLoop();
    const attempts: ((task: ReturnType<typeof currentTask> extends LoopEvent<infer T> ? T : never) => void)[] = [
      task => task.defer(wrong(5)),
      task => void task.watch(sleep(1), wrong<WatchTarget<void>>(null)),
      task => void task.watch(sleep(1), wrong<WatchTarget<void>>({ resolved() {} })),
      () => void warn(wrong(Symbol('code')), 'text'),
      () => void warn('code', wrong(Object.create(null))),
    ];
    for (const attempt of attempts) {
      const error = await errorOf(
        loop.run(function* () {
          attempt(yield* currentTask());
          yield* sleep(5);
        }),
      );
      expect(error).to.have.property('code', 'ESC_INVALID_ARGUMENT');
    }
  });

  it('and is registered twice by onCancel is called twice, and each registration is removed alone', async () => {
    const { loop } = virtualLoop();
    const calls: unknown[] = [];
    const listener = (reason: unknown) => calls.push(reason);
    await loop.run(function* () {
      const task = yield* spawn(function* () {
        yield* onCancel(listener);
        yield* onCancel(listener);
        const remove = yield* onCancel(listener);
        remove();
        yield* sleep(100);
      });
      yield* pause();
      task.cancel('enough');
    });
    expect(calls).to.deep.equal(['enough', 'enough']);
  });

  it('by call, and has a name that throws, does not replace the error that leaves it', async () => {
    const { loop } = virtualLoop();
    const failing = Object.defineProperty(
      function* () {
        throw new Error('of the callee');
      },
      'name',
      {
        get() {
          throw new Error('of the name');
        },
      },
    );
    const log: string[] = [];
    await loop.run(function* () {
      try {
        yield* call(failing);
      } catch (error) {
        log.push((error as Error).message);
      } finally {
        log.push('finally');
      }
    });
    expect(log).to.deep.equal(['of the callee', 'finally']);
  });
});

describe('a console that throws', () => {
  it('changes nothing that the program does', async () => {
    const loop = new EventLoop({
      strategy: new JumpStrategy(),
      instruments: [
        {
          stepStarted() {
            throw new Error('of the hook');
          },
        },
      ],
    });
    const { warn: before } = console;
    console.warn = () => {
      throw new Error('console.warn is forbidden');
    };
    try {
      const value = await loop.run(function* () {
        yield* warn('CODE', 'text');
        return 'value';
      });
      expect(value).to.equal('value');
    } finally {
      console.warn = before;
    }
  });
});

describe('a plugin that hides what it is', () => {
  it('with an alias that is no string, or without a class, is named in its error all the same', async () => {
    class Broken extends SchedulingPolicy {
      override readonly alias = wrong<string>(Symbol('broken'));
      override add(): void {
        throw new Error('full');
      }
      override next(): undefined {}
    }
    const { loop } = virtualLoop({ policy: new Broken() });
    const error = await errorOf(loop.run(sleep(1)));
    expect(error).to.be.an.instanceof(PolicyError);
    expect(error.message).to.contain("'Symbol(broken)'");
    class Falling extends JumpStrategy {
      override readonly alias = wrong<'jump'>(Symbol('falling'));
      override readonly waits = wrong<'blocks'>('sleeps');
    }
    expect(() => new EventLoop({ strategy: new Falling() })).to.throw(StrategyError, "'Symbol(falling)'");
  });

  it('is named, too, if another loop uses it', async () => {
    class Flag extends LoopEvent<void> {
      override readonly kind = 'flag';
    }
    class FlagHandler extends EventHandler<Flag> {
      override readonly handles = Flag;
      override arm(_event: Flag, waiter: Waiter<void>): void {
        waiter.resolve();
      }
      override disarm(): void {}
    }
    const handler = Object.assign(new FlagHandler(), { constructor: undefined });
    const [first, second] = [0, 1].map(() => new EventLoop({ strategy: new JumpStrategy(), handlers: [handler] }));
    const error = await errorOf(
      first!.run(function* () {
        yield* pause();
        second!.runSync(pause());
      }),
    );
    expect(error).to.have.property('code', 'ESC_PLUGIN_IN_USE');
  });

  it('is switched off if it is an instrument that cannot be looked at any more', async () => {
    const steps = {
      count: 0,
      stepStarted() {
        this.count++;
      },
    };
    const { proxy, revoke } = Proxy.revocable(steps, {});
    const { loop, warnings } = virtualLoop({ instruments: [proxy] });
    const value = await loop.run(function* () {
      revoke();
      // A warning looks at all instruments.
      yield* warn('TEST', 'a warning');
      yield* sleep(1);
      return 'value';
    });
    expect(value).to.equal('value');
    expect(warnings.map(({ code }) => code)).to.deep.equal(['TEST', 'ESC_INSTRUMENT_FAILED']);
  });
});

describe('a watch of a task that has ended', () => {
  it('arms nothing', async () => {
    const { loop } = virtualLoop();
    const root = await loop.run(function* () {
      return [yield* currentTask()] as const;
    });
    const watched = root[0].watch(sleep(1), { resolved() {}, rejected() {} });
    expect(watched.isOver).to.equal(true);
  });
});
