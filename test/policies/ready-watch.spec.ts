import { LifoPolicy, ReadyWatch } from '@escapement/policies';
import { readyWatchModule } from '@escapement/policies/module';
import { expect } from 'chai';
import {
  busyWaitModule,
  createLoop,
  type Duration,
  debugging,
  EventLoop,
  type Instant,
  Instruments,
  InvalidArgumentError,
  LoopModule,
  type LoopWarning,
  pause,
  type SchedulingPolicy,
  SleepHandler,
  sleep,
  spawn,
} from 'escapement';
import { JumpStrategy, type VirtualClock } from '../support/virtual-loop.js';

function watchedLoop(bound: Duration, policy?: SchedulingPolicy, debug = false) {
  const strategy = new JumpStrategy();
  const warnings: LoopWarning[] = [];
  const watch = new ReadyWatch(strategy.clock, { bound });
  const loop = new EventLoop({
    strategy,
    handlers: [new SleepHandler(strategy.clock)],
    instruments: [
      { warned: warning => warnings.push(warning) },
      watch,
      ...(debug ? debugging(strategy.clock, { slowStep: Infinity }) : []),
    ],
    ...(policy && { policy }),
  });
  return { loop, clock: strategy.clock, warnings };
}

const working = (clock: VirtualClock, step: Duration, until: Instant) =>
  function* () {
    while (clock.time < until) {
      clock.time += step;
      yield* pause();
    }
  };

describe('a watch of ready tasks', () => {
  it('names the task whose step hogged the thread, and how long', () => {
    for (const debug of [false, true]) {
      const { loop, clock, warnings } = watchedLoop(50, undefined, debug);
      loop.runSync(function* () {
        yield* spawn(
          function* () {
            clock.time += 200;
            yield* pause();
            clock.time += 10;
          },
          { name: 'hog' },
        );
        for (const name of ['first', 'second', 'third']) yield* spawn(sleep(1), { name });
      });
      expect(warnings.map(({ code, task }) => [code, task?.name])).to.deep.equal([['ESC_STEP_HOGGED', 'first']]);
      expect(warnings[0]!.message).to.include(
        'task "first" (and 2 more) was ready for 200.0 ms without a step: a step of task "hog" took 200.0 ms.',
      );
    }
  });

  it('tells a policy that starves a task, and in how many steps, once for each wait', () => {
    const { loop, clock, warnings } = watchedLoop(50, new LifoPolicy());
    loop.runSync(function* () {
      for (let n = 1; n <= 2; n++) {
        yield* spawn(sleep(0), { name: `starved ${n}` });
        yield* spawn(working(clock, 1, 200 * n), { name: 'greedy' });
        yield* sleep(300);
      }
    });
    expect(warnings.map(({ code, task }) => [code, task?.name])).to.deep.equal([
      ['ESC_TASK_STARVED', 'starved 1'],
      ['ESC_TASK_STARVED', 'starved 2'],
    ]);
    expect(warnings[0]!.message).to.include('the policy let tasks that became ready later go first in 51 of 51 steps');
  });

  it('does not blame a policy for what came in its turn, nor for the time between the steps', () => {
    const { loop, clock, warnings } = watchedLoop(50);
    loop.runSync(function* () {
      for (let n = 0; n < 100; n++) yield* spawn(working(clock, 1, 100), { name: `${n}` });
    });
    expect(warnings.map(({ code }) => code))
      .to.include('ESC_TASK_DELAYED')
      .and.not.include('ESC_TASK_STARVED');
    expect(warnings[0]!.message).to.include('51 steps of tasks that were ready before it took 51.0 ms of that');
  });

  it('says nothing of tasks that wait less, nor of those that sleep', () => {
    const { loop, clock, warnings } = watchedLoop(50, new LifoPolicy());
    loop.runSync(function* () {
      yield* spawn(sleep(1000));
      yield* spawn(sleep(0));
      yield* spawn(working(clock, 1, 40));
    });
    expect(warnings).to.deep.equal([]);
  });

  it('begins anew with each run, also after one that failed', () => {
    const { loop, clock, warnings } = watchedLoop(50);
    for (let n = 0; n < 2; n++) {
      expect(() =>
        loop.runSync(function* () {
          yield* spawn(sleep(1));
          clock.time += 40;
          throw new Error('broken');
        }),
      ).to.throw('broken');
      clock.time += 500;
    }
    loop.runSync(pause());
    expect(warnings).to.deep.equal([]);
  });

  it('is installed by its module, on the clock of the loop', () => {
    const codes: string[] = [];
    const listening = new LoopModule(({ bind }) => {
      bind(Instruments).toConstantValue({ warned: ({ code }) => codes.push(code) });
    });
    createLoop(busyWaitModule, readyWatchModule({ bound: 2 }), listening).runSync(function* () {
      yield* spawn(pause());
      const start = performance.now();
      while (performance.now() - start < 5);
    });
    expect(codes).to.deep.equal(['ESC_STEP_HOGGED']);
    for (const bound of [0, -1, NaN, '5']) {
      expect(() => readyWatchModule({ bound: bound as number })).to.throw(InvalidArgumentError, 'for `bound`');
    }
  });
});
