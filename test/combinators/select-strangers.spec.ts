import { expect } from 'chai';
import { EventHandler, LoopEvent, pause, select, sleep, spawn, type Waiter } from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';

/** What a handler of another author does when it is called. */
interface Manner {
  readonly arm?: () => void;
  readonly interrupt?: (waiter: Waiter<string>) => boolean;
  readonly disarm?: () => void;
}

class Foreign extends LoopEvent<string> {
  readonly kind = 'foreign';
  readonly calls: string[] = [];
  waiter!: Waiter<string>;

  constructor(readonly manner: Manner = {}) {
    super();
  }
}

class ForeignHandler extends EventHandler<Foreign> {
  override readonly handles = Foreign;
  override arm(event: Foreign, waiter: Waiter<string>): void {
    event.calls.push('arm');
    event.waiter = waiter;
    event.manner.arm?.();
  }
  override interrupt(event: Foreign, waiter: Waiter<string>): boolean {
    event.calls.push('interrupt');
    return event.manner.interrupt?.(waiter) ?? true;
  }
  override disarm(event: Foreign): void {
    event.calls.push('disarm');
    event.manner.disarm?.();
  }
}

const refuses = () => false;

/** An `interrupt` that does something, and then answers. */
function after(action: (waiter: Waiter<string>) => void, answer: boolean) {
  return (waiter: Waiter<string>) => {
    action(waiter);
    return answer;
  };
}

describe('select over events of other handlers', () => {
  function rig() {
    const { loop, warnings } = virtualLoop({ handlers: [new ForeignHandler()] });
    return { run: loop.runSync.bind(loop) as (program: () => unknown) => unknown, warnings };
  }

  it('asks each handler once, also if one settles its wait inside of the question', () => {
    const { run, warnings } = rig();
    run(function* () {
      const settling = new Foreign({ interrupt: after(waiter => waiter.resolve('in time'), false) });
      const refusing = new Foreign({ interrupt: refuses });
      const task = yield* spawn(() => select({ settling, refusing }));
      yield* pause();
      task.cancel();
      expect(refusing.calls).to.deep.equal(['arm', 'interrupt']);
      refusing.waiter.reject(refusing.waiter.cancelled);
      expect(yield* task.join()).to.deep.equal({ key: 'settling', value: 'in time' });
    });
    expect(warnings).to.deep.equal([]);
  });

  it('stops a branch whose handler, when it arms that, makes another branch happen', () => {
    const { run, warnings } = rig();
    run(function* () {
      const first = new Foreign();
      const second = new Foreign({ arm: () => first.waiter.resolve('from the other'), interrupt: refuses });
      const third = new Foreign();
      const task = yield* spawn(() => select({ first, second, third }));
      yield* pause();
      expect([task.state, second.calls, third.calls]).to.deep.equal(['waiting', ['arm', 'interrupt'], []]);
      second.waiter.reject(second.waiter.cancelled);
      expect(yield* task.join()).to.deep.equal({ key: 'first', value: 'from the other' });
    });
    expect(warnings).to.deep.equal([]);
  });

  it('goes on when the stop of one operation ends another, which had refused to end', () => {
    const { run, warnings } = rig();
    run(function* () {
      const first = new Foreign({ interrupt: refuses });
      const second = new Foreign({ interrupt: after(() => first.waiter.reject(first.waiter.cancelled), true) });
      expect((yield* select({ first, second, tick: sleep(3) })).key).to.equal('tick');
    });
    expect(warnings).to.deep.equal([]);
  });

  it('gives a result that comes while a cancelled task waits for the stop, as any wait does', () => {
    const { run, warnings } = rig();
    run(function* () {
      const foreign = new Foreign({ interrupt: refuses });
      const task = yield* spawn(() => select({ foreign, tick: sleep(10) }));
      yield* pause();
      task.cancel();
      foreign.waiter.resolve('all the same');
      expect(yield* task.join()).to.deep.equal({ key: 'foreign', value: 'all the same' });
    });
    expect(warnings).to.deep.equal([]);
  });

  it('throws an error that comes while a cancelled task waits for the stop, as any wait does', () => {
    const { run, warnings } = rig();
    const error = new Error('the stop failed');
    const fail = () =>
      run(function* () {
        const foreign = new Foreign({ interrupt: refuses });
        const task = yield* spawn(() => select({ foreign, tick: sleep(10) }));
        yield* pause();
        task.cancel();
        foreign.waiter.reject(error);
      });
    expect(fail).to.throw().and.equal(error);
    expect(warnings).to.deep.equal([]);
  });
});
