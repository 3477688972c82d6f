import { expect } from 'chai';
import {
  createLoop,
  debugging,
  debugModule,
  EventLoop,
  Instruments,
  InvalidArgumentError,
  LoopModule,
  pause,
  StepWatch,
  sleep,
  spawn,
  strategyModule,
} from 'escapement';
import { Signal } from '../support/signal-event.js';
import { JumpStrategy, VirtualClock, virtualLoop } from '../support/virtual-loop.js';

describe('debugging', () => {
  for (const slowStep of ['5', NaN, -1]) {
    it(`refuses ${typeof slowStep} ${slowStep} as slowStep`, () => {
      const make = () => debugging(new VirtualClock(), { slowStep: slowStep as number });
      expect(make).to.throw(
        InvalidArgumentError,
        /debugging got .* for `?slowStep`?, expected milliseconds, 0 or more/,
      );
    });
  }

  it('notes in a dump since when a task waits, and nothing on one that does not', () => {
    const { loop } = virtualLoop({ debug: true });
    let dump = '';
    loop.runSync(function* () {
      yield* spawn(sleep(50), { name: 'napper' });
      yield* sleep(3);
      yield* spawn(sleep(1), { name: 'new' });
      dump = loop.dump();
    });
    expect(dump.split('\n')).to.deep.equal([
      'task "main" is running',
      '  task "napper" waits for SleepFor(duration=50) since 0.0 ms',
      '  task "new" is spawned',
    ]);
  });

  it('takes none of its own time for that of a step', () => {
    const strategy = new JumpStrategy();
    const warnings: string[] = [];
    class Costly extends Signal {
      // The debug mode looks at the name, as it does at the stack.
      static override get name(): string {
        (strategy.clock as VirtualClock).time += 200;
        return 'Costly';
      }
    }
    const loops = [
      new EventLoop({
        strategy,
        instruments: [{ warned: ({ code }) => warnings.push(code) }, ...debugging(strategy.clock)],
      }),
      createLoop(
        strategyModule(() => strategy),
        debugModule(),
        new LoopModule(({ bind }) => {
          bind(Instruments).toConstantValue({ warned: ({ code }) => warnings.push(code) });
        }),
      ),
    ];
    for (const loop of loops) {
      const before = strategy.clock.now();
      loop.runSync(function* () {
        new Costly();
        yield* pause();
        (strategy.clock as VirtualClock).time += 100;
        yield* pause();
      });
      expect(strategy.clock.now() - before).to.be.above(299);
    }
    expect(warnings).to.deep.equal(['ESC_SLOW_STEP', 'ESC_NEVER_RUN', 'ESC_SLOW_STEP', 'ESC_NEVER_RUN']);
  });

  it('tells with a StepWatch alone which step was slow', () => {
    const clock = new VirtualClock();
    const { loop, warnings } = virtualLoop({ instruments: [new StepWatch(clock, 20)] });
    loop.runSync(function* () {
      clock.time += 30;
      yield* sleep(1);
    });
    expect(warnings.map(({ code }) => code)).to.deep.equal(['ESC_SLOW_STEP']);
  });
});
