import { type Action, ActionHandler, action, itemsOf } from '@escapement/promises';
import { expect } from 'chai';
import {
  type Coroutine,
  currentTask,
  EventLoop,
  type LoopEvent,
  PerformanceClock,
  pause,
  SetTimeoutStrategy,
  SleepHandler,
  select,
  sleep,
  spawn,
  watch,
} from 'escapement';
import fc from 'fast-check';
import { ended, errorOf, promiseLoop } from './promise-loop.js';

/** An operation that stops when the test says so. */
function operation(onStop: (end: Ends) => void = () => {}) {
  const log: unknown[] = [];
  const end = {} as Ends;
  const event: Action<string> = action<string>((resolve, reject, stopped) => {
    Object.assign(end, { resolve, reject, stopped });
    return {
      stop(reason) {
        log.push(['stop', reason]);
        onStop(end);
      },
      undo: () => log.push('undo'),
    };
  });
  return { event, end, log };
}

interface Ends {
  resolve(value: string): void;
  reject(error: unknown): void;
  stopped(): void;
}

describe('an action that has to stop first', () => {
  const failure = new Error('broken');
  const ends = {
    'Cancelled if it has stopped': { end: (end: Ends) => end.stopped(), state: 'cancelled', seen: [] },
    'the value that comes nevertheless': {
      end: (end: Ends) => end.resolve('value'),
      state: 'cancelled',
      seen: ['value'],
    },
    'the error with which it ends': { end: (end: Ends) => end.reject(failure), state: 'failed', seen: [failure] },
  };
  for (const [title, { end, state, seen }] of Object.entries(ends)) {
    for (const isLater of [true, false]) {
      it(`ends a cancelled wait with ${title}, ${isLater ? 'later' : 'inside of stop'}`, async () => {
        const { loop, actions } = promiseLoop();
        const { event, end: ending, log } = operation(isLater ? () => {} : end);
        const got: unknown[] = [];
        const run = loop.run(function* () {
          const task = yield* spawn(function* () {
            try {
              got.push(yield* event);
            } catch (error) {
              if (error === failure) got.push(error);
              throw error;
            }
            yield* pause();
            got.push('too far');
          });
          yield* pause();
          task.cancel('enough');
          if (isLater) {
            yield* sleep(1);
            expect([task.state, ...log]).to.deep.equal(['waiting', ['stop', 'enough']]);
            end(ending);
          }
          yield* pause();
          yield* pause();
          expect(task.state).to.equal(state);
        });
        if (state === 'failed') expect(await errorOf(() => run)).to.equal(failure);
        else await run;
        expect(got).to.deep.equal(seen);
        expect(log).to.deep.equal([['stop', 'enough'], 'undo']);
        expect(actions.inFlight()).to.equal(0);
      });
    }
  }

  it('whose stop throws ends the wait with that error', async () => {
    const { loop, actions } = promiseLoop();
    const { event, log } = operation(() => {
      throw failure;
    });
    const run = loop.run(function* () {
      const task = yield* spawn(event);
      yield* pause();
      task.cancel();
    });
    expect(await errorOf(() => run)).to.equal(failure);
    expect(log.at(-1)).to.equal('undo');
    expect(actions.inFlight()).to.equal(0);
  });

  it('is stopped when start has returned, if start cancelled its own task', async () => {
    const { loop } = promiseLoop();
    const log: string[] = [];
    await loop.run(function* () {
      const task = yield* spawn(function* () {
        const own = yield* currentTask();
        yield* action<void>((_resolve, _reject, stopped) => {
          own.cancel('inside');
          log.push('started');
          return { stop: () => setTimeout(stopped, 1), undo: () => log.push('undo') };
        });
      });
      yield* ended(task);
      expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'inside' });
    });
    expect(log).to.deep.equal(['started', 'undo']);
  });

  it('is stopped with its watch, whose target is then informed', async () => {
    const { loop, actions } = promiseLoop();
    const { event, end, log } = operation();
    await loop.run(function* () {
      const seen: string[] = [];
      const target = { resolved: (value: string) => seen.push(value), rejected: () => seen.push('rejected') };
      const watching = yield* watch(event, target);
      expect(watching.cancel()).to.equal(false);
      expect(log).to.deep.equal([['stop', 'a watch was cancelled']]);
      end.resolve('value');
      expect(seen).to.deep.equal(['value']);
      const inside = operation(ends => ends.stopped());
      expect((yield* watch(inside.event, target)).cancel()).to.equal(true);
      expect(inside.log).to.deep.equal([['stop', 'a watch was cancelled'], 'undo']);
      expect(seen).to.deep.equal(['value']);
    });
    expect(actions.inFlight()).to.equal(0);
  });

  it('as a branch of a select that another one wins is stopped before select goes on', async () => {
    const { loop, actions } = promiseLoop();
    const { event, end, log } = operation();
    const { event: inside, log: logInside } = operation(ends => ends.stopped());
    await loop.run(function* () {
      const items = yield* itemsOf([1, 2]);
      const task = yield* spawn(() => select({ event, inside, never: action<void>(() => {}), nap: sleep(1) }));
      while (log.length === 0) yield* sleep(1);
      expect(task.state).to.equal('waiting');
      end.stopped();
      expect((yield* task).key).to.equal('nap');
      // A branch that loses takes no item.
      expect((yield* select({ nap: sleep(0), item: items.next() })).key).to.equal('nap');
      const { key, value } = yield* select({ item: items.next(), nap: sleep(1000) });
      expect([key, value]).to.deep.equal(['item', { done: false, value: 1 }]);
    });
    for (const each of [log, logInside]) expect(each).to.deep.equal([['stop', 'a watch was cancelled'], 'undo']);
    expect(actions.inFlight()).to.equal(0);
  });

  it('is stopped and undone when the run breaks, and holds nothing up', async () => {
    class BrokenStrategy extends SetTimeoutStrategy {
      override sleep(): never {
        throw new Error('broken');
      }
    }
    const clock = new PerformanceClock();
    const actions = new ActionHandler();
    const handlers = [actions, new SleepHandler(clock)];
    const { event, log } = operation();
    const error = await errorOf(() => new EventLoop({ strategy: new BrokenStrategy(clock), handlers }).run(event));
    expect(error.code).to.equal('ESC_STRATEGY_FAILED');
    expect(log[0]).to.be.an('array').with.property('0', 'stop');
    expect(log.slice(1)).to.deep.equal(['undo']);
    expect(actions.inFlight()).to.equal(0);
  });

  it('refuses what is neither an undo nor stoppable', async () => {
    for (const wrong of [5, {}, { stop: 1 }, { stop() {}, undo: 1 }, null]) {
      const { loop, actions } = promiseLoop();
      const error = await errorOf(() => loop.run(action((() => wrong) as never)));
      expect(error.message).to.include('as the undo that `start` returned a function, `{ stop, undo }`, or nothing');
      expect(actions.inFlight()).to.equal(0);
    }
  });

  it('behaves as an obvious model does, whatever happens in whatever order', async () => {
    type Step = 'cancel' | 'resolve' | 'reject' | 'stopped' | 'turn';
    const step = fc.constantFrom<Step>('cancel', 'resolve', 'reject', 'stopped', 'turn');
    // The first that ends the operation counts; whether `Cancelled` is thrown depends on what that is.
    function expected(steps: readonly Step[]) {
      const end = steps.find(each => ['resolve', 'reject', 'stopped'].includes(each)) ?? 'resolve';
      const isCancelledBefore = steps.slice(0, steps.indexOf(end)).includes('cancel');
      const stops = isCancelledBefore || (!steps.includes(end) && steps.includes('cancel')) ? 1 : 0;
      return { end, stops };
    }
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 6 }), async steps => {
        // `stopped` without a cancellation is no end that the contract knows.
        fc.pre(!steps.includes('stopped') || steps.slice(0, steps.indexOf('stopped')).includes('cancel'));
        const { loop, actions } = promiseLoop();
        const { event, end, log } = operation();
        const act: Record<Step, () => void> = {
          cancel: () => {},
          turn: () => {},
          resolve: () => end.resolve('value'),
          reject: () => end.reject(failure),
          stopped: () => end.stopped(),
        };
        let outcome: unknown = 'Cancelled';
        await loop.run(function* () {
          const task = yield* spawn(function* (): Coroutine<void, LoopEvent> {
            try {
              outcome = yield* event;
            } catch (error) {
              if (error !== failure) throw error;
              outcome = error;
            }
          } as () => Coroutine<void, typeof event>);
          yield* pause();
          for (const each of steps) {
            if (each === 'cancel') task.cancel();
            else if (each === 'turn') yield* pause();
            else act[each]();
          }
          end.resolve('value');
        });
        const { end: last, stops } = expected(steps);
        expect(outcome).to.equal({ resolve: 'value', reject: failure, stopped: 'Cancelled' }[last as 'resolve']);
        expect(log.length).to.equal(stops + 1);
        expect(log.at(-1)).to.equal('undo');
        expect(actions.inFlight()).to.equal(0);
      }),
      { numRuns: 200 },
    );
  });
});
