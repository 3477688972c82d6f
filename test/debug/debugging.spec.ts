import { expect } from 'chai';
import { debugging, InvalidArgumentError, StepWatch, sleep, spawn } from 'escapement';
import { VirtualClock, virtualLoop } from '../support/virtual-loop.js';

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
