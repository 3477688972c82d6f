import { expect } from 'chai';
import {
  EscapementError,
  EventHandler,
  EventLoop,
  type Instant,
  type Instrument,
  pause,
  SleepHandler,
  SleepStrategy,
  sleep,
  spawn,
  type Waiter,
  type Waits,
  type Wakeup,
} from 'escapement';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { VirtualClock } from '../support/virtual-loop.js';

// What the loop does when nothing is ready: whom it asks, how it sleeps, and when it gives up.

/** Does what the test says, in virtual time, and keeps note of when it was asked. */
class ScriptedStrategy extends SleepStrategy {
  override readonly alias = 'scripted';
  override readonly clock = new VirtualClock();
  readonly calls: [at: Instant, until: Instant][] = [];

  constructor(
    override readonly waits: Waits,
    readonly script: (strategy: ScriptedStrategy, until: Instant, wakeup: Wakeup) => void | Promise<void> = jump,
  ) {
    super();
  }

  override sleep(until: Instant, wakeup: Wakeup): void | Promise<void> {
    this.calls.push([this.clock.time, until]);
    return this.script(this, until, wakeup);
  }
}

function jump({ clock }: ScriptedStrategy, until: Instant): void {
  clock.time = Math.max(clock.time, until);
}

/** Waits for something outside, which can end a sleep. */
class OutsideHandler extends SignalHandler {
  override outside = 1;
  override beforeSleep(): void {
    this.log.push('beforeSleep');
  }
}

function loopOf(strategy: SleepStrategy, handlers: readonly EventHandler[] = [], instruments: Instrument[] = []) {
  const all = [new SleepHandler(strategy.clock), ...handlers];
  return new EventLoop<(typeof all)[number]>({ strategy, handlers: all, instruments });
}

async function rejectionOf(promise: Promise<unknown>): Promise<EscapementError> {
  const error = await promise.then(
    () => undefined,
    thrown => thrown,
  );
  expect(error).to.be.instanceOf(EscapementError);
  return error;
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as EscapementError).code;
  }
  return 'nothing was thrown';
}

describe('EventLoop asleep', () => {
  it('sleeps until the earliest deadline of all handlers', () => {
    class Later extends SignalHandler {
      override nextDeadline(): Instant {
        return 7;
      }
    }
    const strategy = new ScriptedStrategy('blocks');
    loopOf(strategy, [new Later()]).runSync(sleep(5));
    expect(strategy.calls).to.deep.equal([[0, 5]]);
  });

  it('lets the host run every millisecond while tasks are always ready, if the strategy yields', async () => {
    const strategy = new ScriptedStrategy('yields', () => Promise.resolve());
    strategy.clock.time = 100;
    await loopOf(strategy).run(function* () {
      for (let n = 0; n < 12; n++) {
        strategy.clock.time += 0.25;
        yield* pause();
      }
    });
    expect(strategy.calls).to.deep.equal([
      [101, 101],
      [102, 102],
      [103, 103],
    ]);
  });

  it('does not call a strategy that keeps the thread while tasks are ready', () => {
    const strategy = new ScriptedStrategy('blocks');
    loopOf(strategy).runSync(function* () {
      for (let n = 0; n < 12; n++) {
        strategy.clock.time += 0.25;
        yield* pause();
      }
    });
    expect(strategy.calls).to.deep.equal([]);
  });

  it('prepares the handlers for a sleep that gives up the thread, and not for one that spins or jumps', () => {
    for (const waits of ['blocks', 'spins', 'jumps'] as const) {
      const handler = new OutsideHandler();
      loopOf(new ScriptedStrategy(waits), [handler]).runSync(sleep(5));
      expect(handler.log).to.deep.equal(waits === 'blocks' ? ['beforeSleep', 'close'] : ['close']);
    }
  });

  it('passes the strategy to beforeSleep', () => {
    const strategies: SleepStrategy[] = [];
    class Asking extends SignalHandler {
      override beforeSleep(_wakeup: Wakeup, strategy: SleepStrategy): void {
        strategies.push(strategy);
      }
    }
    const strategy = new ScriptedStrategy('blocks');
    loopOf(strategy, [new Asking()]).runSync(sleep(5));
    expect(strategies).to.deep.equal([strategy]);
    expect(strategy.sleepsIn, 'in nothing but the wakeup').to.equal(undefined);
  });

  it('does not sleep when a wait is over before it does', () => {
    const signal = new Signal<string>();
    class Ready extends OutsideHandler {
      override beforeSleep(): void {
        this.waiting.get(signal)!.resolve('just in time');
      }
    }
    const strategy = new ScriptedStrategy('blocks');
    expect(loopOf(strategy, [new Ready()]).runSync(signal)).to.equal('just in time');
    expect(strategy.calls).to.deep.equal([]);
  });

  it('calls sleepEnded after each sleep, however it ends', async () => {
    const broken = () => {
      throw new Error('no rest');
    };
    const scripts = { jump, broken, kept: async () => {}, refused: () => Promise.reject(new Error('no rest')) };
    for (const [name, script] of Object.entries(scripts)) {
      const log: string[] = [];
      const instrument = { sleepStarted: () => log.push('asleep'), sleepEnded: () => log.push('awake') };
      const strategy = new ScriptedStrategy('yields', (me, until, wakeup) => {
        if (name === 'kept') jump(me, until);
        return (script as typeof me.script)(me, until, wakeup);
      });
      await loopOf(strategy, [], [instrument])
        .run(sleep(5))
        .catch(() => {});
      expect(log, name).not.to.deep.equal([]);
      expect(log, name).to.deep.equal(log.map((_, place) => (place % 2 === 0 ? 'asleep' : 'awake')));
      expect(log.at(-1), name).to.equal('awake');
    }
  });

  it('goes on sleeping while one of the handlers in flight can end the sleep', () => {
    class Other extends EventHandler<Signal2> {
      override readonly handles = Signal2;
      override arm(): void {}
      override disarm(): void {}
      override inFlight(): number {
        return 1;
      }
    }
    class Signal2 extends Signal {}
    const handler = new OutsideHandler();
    const signal = new Signal<string>();
    const strategy = new ScriptedStrategy('blocks', () => handler.waiting.get(signal)!.resolve('came'));
    expect(loopOf(strategy, [new Other(), handler]).runSync(signal)).to.equal('came');
  });

  it('is a deadlock in spite of an AbortSignal, where the strategy never lets the host abort', async () => {
    const strategy = new ScriptedStrategy('blocks');
    const { signal } = new AbortController();
    const error = await rejectionOf(loopOf(strategy).run(sleep(Infinity), { signal }));
    expect(error.code).to.equal('ESC_DEADLOCK');
    expect(error.message).to.include('no deadline is left and no handler has anything in flight.');
  });
});

describe('EventLoop whose strategy comes back early', () => {
  const often = 11_000;

  it('goes on while tasks become ready, although no time passes', () => {
    const handler = new OutsideHandler();
    const strategy = new ScriptedStrategy('blocks', () => {
      for (const waiter of handler.waiting.values()) waiter.resolve(undefined);
      handler.waiting.clear();
    });
    loopOf(strategy, [handler]).runSync(function* () {
      for (let n = 0; n < often; n++) yield* new Signal();
    });
    expect(strategy.calls).to.have.length(often);
  });

  it('goes on while polls make tasks ready', () => {
    class Polled extends OutsideHandler {
      isDue = false;
      override poll(): void {
        if (!this.isDue) return;
        this.isDue = false;
        for (const waiter of this.waiting.values()) waiter.resolve(undefined);
        this.waiting.clear();
      }
    }
    const handler = new Polled();
    const strategy = new ScriptedStrategy('blocks', () => {
      handler.isDue = true;
    });
    loopOf(strategy, [handler]).runSync(function* () {
      for (let n = 0; n < often; n++) yield* new Signal();
    });
    expect(strategy.calls).to.have.length(often);
  });

  it('goes on while the wakeup is requested', () => {
    const handler = new OutsideHandler();
    const signal = new Signal<string>();
    const strategy = new ScriptedStrategy('blocks', ({ calls }, _until, wakeup) => {
      if (calls.length < often) wakeup.request();
      else handler.waiting.get(signal)!.resolve('at last');
    });
    expect(loopOf(strategy, [handler]).runSync(signal)).to.equal('at last');
  });

  it('fails if a strategy that blocks takes no time, ten thousand times in a row', async () => {
    const strategy = new ScriptedStrategy('blocks', ({ clock }) => {
      clock.time += 0.005;
    });
    strategy.clock.time = 1000;
    const error = await rejectionOf(loopOf(strategy).run(sleep(200)));
    expect(error.code).to.equal('ESC_STRATEGY_STALLED');
    expect(error.message).to.include('returned early 10000 times in a row within 50.0 ms of its clock');
  });

  it('goes on if a strategy that spins takes no time, while its clock moves', () => {
    const strategy = new ScriptedStrategy('spins', ({ clock }) => {
      clock.time += 0.005;
    });
    strategy.clock.time = 1000;
    loopOf(strategy).runSync(sleep(200));
    expect(strategy.clock.time).to.be.closeTo(1200, 0.01);
  });

  it('names the handler that keeps a deadline that has passed', () => {
    class Forgetful extends SignalHandler {
      override nextDeadline(): Instant {
        return 3;
      }
    }
    const strategy = new ScriptedStrategy('blocks');
    const run = () => loopOf(strategy, [new Forgetful()]).runSync(sleep(5));
    expect(run).to.throw('Forgetful.poll settled nothing 10000 times in a row');
    expect(codeOf(run)).to.equal('ESC_HANDLER_FAILED');
  });
});

describe('EventLoop and its handlers', () => {
  it('closes them in reverse order, and reports each failure', () => {
    const log: string[] = [];
    class First extends SignalHandler {
      override close(): void {
        log.push('first');
      }
    }
    class Second extends EventHandler<Other> {
      override readonly handles = Other;
      override arm(): void {}
      override disarm(): void {}
      override close(): void {
        log.push('second');
        throw new Error('stuck');
      }
    }
    class Other extends Signal {}
    const run = () => loopOf(new ScriptedStrategy('blocks'), [new First(), new Second()]).runSync(pause());
    expect(run).to.throw('Second.close threw: stuck. This is a fault of the handler');
    expect(log).to.deep.equal(['second', 'first']);
  });

  it('reports a handler that settled a wait and then threw', () => {
    class Hasty extends SignalHandler {
      override arm(event: Signal<unknown>, waiter: Waiter<unknown>): void {
        waiter.resolve('settled');
        throw new Error(`after ${event}`);
      }
    }
    let got: unknown;
    const run = () =>
      loopOf(new ScriptedStrategy('blocks'), [new Hasty()]).runSync(function* () {
        got = yield* new Signal<string>();
      });
    expect(run).to.throw('Hasty.arm threw for Signal(): after Signal()');
    expect(got).to.equal('settled');
  });

  it('reports a second fault, if it is another one', () => {
    class Vague extends SignalHandler {
      override nextDeadline(): Instant {
        throw new Error('vague');
      }
    }
    const strategy = new ScriptedStrategy('blocks');
    const policy = {
      alias: 'once',
      left: 3,
      ready: [] as unknown[],
      add(task: unknown) {
        this.ready.push(task);
      },
      next() {
        if (this.left-- > 0) return this.ready.shift();
        throw new Error('enough');
      },
    };
    const loop = new EventLoop({ strategy, handlers: [new Vague()], policy: policy as never });
    let error: unknown;
    try {
      loop.runSync(function* () {
        yield* spawn(new Signal());
        yield* spawn(new Signal());
      });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).to.be.instanceOf(AggregateError);
    const codes = (error as AggregateError).errors.map(({ code }) => code);
    expect(codes).to.deep.equal(['ESC_HANDLER_FAILED', 'ESC_POLICY_FAILED']);
    expect((error as AggregateError).errors[1].message).to.include('threw in next(): enough');
    expect((error as AggregateError).errors[1].cause).to.have.property('message', 'enough');
  });
});
