import { expect } from 'chai';
import { EventLoop, PerformanceClock, pause, SetImmediateStrategy, SleepHandler, sleep, Wakeup } from 'escapement';
import { without } from './without.js';

describe('the strategy set-immediate', () => {
  it('is never early, and typically late by less than a timer of the host', async () => {
    const strategy = new SetImmediateStrategy(new PerformanceClock());
    const { clock } = strategy;
    const late: number[] = [];
    await new EventLoop({ strategy, handlers: [new SleepHandler(clock)] }).run(function* () {
      for (let n = 0; n < 101; n++) {
        const due = clock.now() + n / 100;
        yield* sleep(n / 100);
        late.push(clock.now() - due);
      }
    });
    late.sort((a, b) => a - b);
    expect(late[0]).to.be.at.least(0);
    // Not the median: on a busy machine most sleeps are late, whatever the strategy does.
    expect(late[10]).to.be.below(0.3);
  });

  it('lets timers of the host fire during a sleep, and while tasks are always ready', async () => {
    const strategy = new SetImmediateStrategy(new PerformanceClock());
    let fired = 0;
    const timers = setInterval(() => fired++, 1);
    await new EventLoop({ strategy, handlers: [new SleepHandler(strategy.clock)] }).run(function* () {
      yield* sleep(20);
      expect(fired).to.be.at.least(2);
      fired = 0;
      while (fired === 0) yield* pause();
    });
    clearInterval(timers);
  });

  it('returns although its clock stands still', async () => {
    await new SetImmediateStrategy({ now: () => 5 }).sleep(6, new Wakeup());
  });

  it('rejects if its clock throws', async () => {
    const clock = {
      now(): number {
        throw new Error('out of order');
      },
    };
    const error = await new SetImmediateStrategy(clock).sleep(6, new Wakeup()).catch(thrown => thrown);
    expect(error).to.have.property('message', 'out of order');
  });

  it('says what to use on a host without setImmediate', () => {
    const make = () => new SetImmediateStrategy(new PerformanceClock());
    expect(() => without('setImmediate', make)).to.throw(
      'new SetImmediateStrategy found no setImmediate, expected a host that has it. In a page use MessageChannelStrategy.',
    );
  });
});
