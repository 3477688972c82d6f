import { expect } from 'chai';
import {
  type Coroutine,
  type EscapementError,
  EventHandler,
  EventLoop,
  ensure,
  INSTRUMENT_HOOKS,
  LoopEvent,
  type LoopWarning,
  PerformanceClock,
  pause,
  SetTimeoutStrategy,
  SleepHandler,
  shield,
  sleep,
  spawn,
  watch,
} from 'escapement';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { unhandledIn } from '../support/unhandled.js';
import { virtualLoop } from '../support/virtual-loop.js';

// What plugins return, throw and do at the wrong moment.

function errorOf(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  return expect.fail('nothing was thrown');
}

function singleErrors(error: unknown): unknown[] {
  return error instanceof AggregateError ? error.errors.flatMap(singleErrors) : [error];
}

describe('a handler', () => {
  const wrong: [keyof EventHandler, unknown, string][] = [
    ['nextDeadline', '5', 'returned "5", expected an instant'],
    ['nextDeadline', undefined, 'returned undefined, expected an instant'],
    ['nextDeadline', 5n, 'returned 5, expected an instant'],
    ['inFlight', NaN, 'returned NaN, expected a number, 0 or more'],
    ['inFlight', undefined, 'returned undefined, expected a number, 0 or more'],
    ['interrupt', undefined, 'returned undefined, expected a boolean'],
    ['blockers', 5, 'returned 5, expected an iterable of tasks'],
  ];
  for (const [method, value, problem] of wrong) {
    it(`whose ${method} returns ${typeof value} ${String(value)} is named by the error`, () => {
      const handler = Object.assign(new SignalHandler(), { [method]: () => value });
      const { loop } = virtualLoop({ handlers: [handler] });
      const error = errorOf(() =>
        loop.runSync(function* () {
          const task = yield* spawn(new Signal());
          yield* sleep(1);
          if (method === 'interrupt') task.cancel();
          else yield* task.join();
        }),
      );
      expect(error).to.have.property('code', 'ESC_HANDLER_FAILED');
      expect(error.message).to.include(`SignalHandler.${method} ${problem}`);
    });
  }

  it('that throws where no task can get it loses no error to another one, nor to the next run', () => {
    class First extends LoopEvent<void> {
      readonly kind = 'first';
    }
    class Second extends LoopEvent<void> {
      readonly kind = 'second';
    }
    class Stuck<E extends LoopEvent> extends EventHandler<E> {
      constructor(override readonly handles: EventHandler<E>['handles']) {
        super();
      }
      override arm(): void {}
      override disarm(): void {
        throw new Error('stuck');
      }
    }
    const { loop } = virtualLoop<Stuck<First> | Stuck<Second>>({ handlers: [new Stuck(First), new Stuck(Second)] });
    const error = errorOf(() =>
      loop.runSync(function* () {
        const tasks = [yield* spawn(new First()), yield* spawn(new Second())];
        yield* pause();
        for (const task of tasks) task.cancel();
      }),
    );
    const [first, second, ...others] = (error as AggregateError).errors as Error[];
    expect(first!.message).to.include('Stuck.disarm threw for First(): stuck');
    expect(second!.message).to.include('Stuck.disarm threw for Second(): stuck');
    expect(others).to.deep.equal([]);
    loop.runSync(sleep(1));
  });
});

describe('the target of a watch', () => {
  it('that throws fails the task that owns the watch, not the handler', () => {
    const { loop } = virtualLoop();
    const log: string[] = [];
    const error = errorOf(() =>
      loop.runSync(function* () {
        yield* spawn(function* owner() {
          yield* watch(sleep(1), {
            resolved: () => {
              throw new Error('target');
            },
            rejected: () => {},
          });
          yield* ensure(function* (): Coroutine<void> {
            log.push('cleaned');
          });
          yield* sleep(5);
        });
        yield* sleep(9);
      }),
    );
    expect(error).to.have.property('message', 'target');
    expect(log).to.deep.equal(['cleaned']);
  });
});

describe('a run that its plugins break for good', () => {
  it('ends also what spins, ignores Cancelled, or shields itself again and again', () => {
    const handler = new SignalHandler();
    handler.poll = () => expect.fail('poll');
    const { loop } = virtualLoop({ handlers: [handler] });
    const ended: string[] = [];
    const error = errorOf(() =>
      loop.runSync(function* () {
        yield* ensure(function* () {
          try {
            for (;;) yield* pause();
          } finally {
            ended.push('spins');
          }
        });
        yield* ensure(function* () {
          for (;;) {
            try {
              yield* sleep(1);
            } catch {}
          }
        });
        yield* shield(function* () {
          for (;;) {
            try {
              yield* shield(sleep(1));
            } catch {}
          }
        });
      }),
    );
    const codes = singleErrors(error).map(one => (one as EscapementError).code);
    expect(codes).to.include.members(['ESC_HANDLER_FAILED', 'ESC_CANCELLATION_IGNORED']);
    expect(ended).to.deep.equal(['spins']);
    handler.poll = () => {};
    loop.runSync(sleep(1));
  });
});

describe('an instrument', () => {
  for (const hook of INSTRUMENT_HOOKS.filter(each => each !== 'runEnded')) {
    it(`that runs the loop in ${hook} is switched off; the run and the next one are as without it`, () => {
      const warnings: LoopWarning[] = [];
      const reentering = { [hook]: () => loop.runSync(pause()) };
      const { loop } = virtualLoop({
        handlers: [new SignalHandler()],
        instruments: [reentering, { warned: warning => warnings.push(warning) }],
      });
      const run = () =>
        loop.runSync(function* () {
          yield* spawn(pause());
          yield* sleep(1);
          if (hook === 'crashed') yield* new Signal();
        });
      if (hook === 'crashed') expect(run).to.throw('nothing can ever happen');
      else run();
      expect(warnings.map(({ code }) => code)).to.deep.equal(['ESC_INSTRUMENT_FAILED']);
      loop.runSync(sleep(1));
    });
  }
});

describe('a task that the host spawned', () => {
  it('is rejected if its run fails with its end; if nobody awaits it, that is an unhandled rejection', async () => {
    const strategy = new SetTimeoutStrategy(new PerformanceClock());
    const loop = new EventLoop({ strategy, handlers: [new SleepHandler(strategy.clock)] });
    strategy.close = () => expect.fail('stuck');
    const caught: unknown[] = [];
    const awaited = await unhandledIn(() => loop.spawn(sleep(1)).then(undefined, error => caught.push(error)));
    expect(awaited).to.deep.equal([]);
    expect(caught[0]).to.have.property('code', 'ESC_STRATEGY_FAILED');
    const unhandled = await unhandledIn(async () => {
      const ended = new Promise(resolve => process.once('unhandledRejection', resolve));
      loop.spawn(sleep(1));
      await ended;
    });
    expect(unhandled).to.have.lengthOf(1);
    expect(unhandled[0]).to.have.property('code', 'ESC_STRATEGY_FAILED');
  });
});
