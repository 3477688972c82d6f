import { expect } from 'chai';
import {
  type Coroutine,
  EventLoop,
  ensure,
  FifoPolicy,
  INSTRUMENT_HOOKS,
  type Instrument,
  LoopEvent,
  type LoopWarning,
  type Pause,
  PerformanceClock,
  pause,
  SetTimeoutStrategy,
  SleepHandler,
  scope,
  shield,
  sleep,
  spawn,
  type Task,
  timeout,
} from 'escapement';
import { InstrumentOrder } from '../support/instrument-order.js';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { JumpStrategy, virtualLoop } from '../support/virtual-loop.js';

class Unheard extends LoopEvent<void> {
  readonly kind = 'unheard';
}

/** A bare event of a class without handler, which the types would refuse. */
function* refused(): Coroutine<void, never> {
  try {
    yield* new Unheard() as unknown as Coroutine<void, never>;
  } catch {
    // What it says is tested elsewhere.
  }
}

function* varied() {
  yield* ensure(sleep(1));
  const napper = yield* spawn(sleep(100), { name: 'napper' });
  yield* spawn(sleep(1000), { name: 'daemon', daemon: true });
  yield* pause();
  yield* spawn(refused(), { name: 'refused' });
  yield* scope(sleep(3));
  const early = yield* spawn(sleep(5), { name: 'never begins' });
  early.cancel();
  napper.cancel();
  try {
    yield* timeout(5, sleep(10));
  } catch {
    yield* shield(sleep(1));
  }
}

describe('the order in which an instrument is called', () => {
  it('is as documented, whatever a run does: spawn, pause, cancel, refuse, scopes, daemons, clean-up', () => {
    const order = new InstrumentOrder();
    const { loop } = virtualLoop({ instruments: [order] });
    for (let n = 0; n < 2; n++) loop.runSync(varied);
    expect(order.violations).to.deep.equal([]);
    expect([...order.causes].sort()).to.deep.equal(['cancelled', 'event', 'paused', 'refused', 'spawned']);
  });

  it('is as documented when the run comes to a deadlock, and when a handler fails', () => {
    for (const fault of ['nothing can ever happen', 'broken']) {
      const order = new InstrumentOrder();
      const handler = new SignalHandler();
      if (fault === 'broken') handler.poll = () => expect.fail(fault);
      const { loop } = virtualLoop({ handlers: [handler], instruments: [order] });
      expect(() => loop.runSync(new Signal())).to.throw(fault);
      expect(order.violations).to.deep.equal([]);
      expect(order.calls).to.include('crashed');
      expect(order.calls.at(-1)).to.equal('runEnded main');
    }
  });

  it('is as documented when a clean-up is stuck: its wait is cancelled, too, and all tasks end', () => {
    const order = new InstrumentOrder();
    const results: string[] = [];
    const last: Instrument = { runEnded: root => results.push(root.result.state) };
    const { loop } = virtualLoop({ handlers: [new SignalHandler()], instruments: [order, last] });
    expect(() => loop.runSync(shield(new Signal()))).to.throw('nothing can ever happen');
    expect(order.violations).to.deep.equal([]);
    expect(results).to.deep.equal(['cancelled']);
  });

  it('is as documented when the host spawns, settles and cancels while the loop sleeps', async () => {
    const order = new InstrumentOrder();
    const handler = new SignalHandler();
    handler.outside = 1;
    const strategy = new SetTimeoutStrategy(new PerformanceClock());
    const loop = new EventLoop({ strategy, handlers: [handler], instruments: [order] });
    const [first, second] = [new Signal(), new Signal()];
    const run = loop.run(function* main() {
      yield* spawn(second, { name: 'second', daemon: true });
      yield* first;
    });
    await new Promise(resolve => setTimeout(resolve, 5));
    const before = order.calls.length;
    const child = loop.spawn(pause(), { name: 'child' });
    handler.waiting.get(first)!.resolve(undefined);
    for (const task of [...child.parent!.children]) if (task.name === 'second') task.cancel();
    expect(order.calls.slice(before - 1)).to.deep.equal([
      'sleepStarted',
      'taskSpawned child',
      'taskReady child',
      'taskReady main',
      'taskReady second',
    ]);
    await run;
    expect(order.violations).to.deep.equal([]);
  });

  it('has each pause in it, also of a task that pauses alone', () => {
    const order = new InstrumentOrder();
    virtualLoop({ instruments: [order] }).loop.runSync(function* main(): Coroutine<void, Pause> {
      for (let n = 0; n < 1000; n++) yield* pause();
    });
    expect(order.violations).to.deep.equal([]);
    const ready = order.calls.filter(call => call === 'taskReady main');
    expect(ready).to.have.lengthOf(1001);
  });

  it('has the end of a step that a fault of the policy broke off', () => {
    class FaultyPolicy extends FifoPolicy {
      override add(task: Task): void {
        if (task.name === 'main' && task.waitsFor === undefined && task.state === 'ready') throw new Error('broken');
        super.add(task);
      }
    }
    const order = new InstrumentOrder();
    const { loop } = virtualLoop({ policy: new FaultyPolicy(), instruments: [order] });
    expect(() =>
      loop.runSync(function* main() {
        yield* (yield* spawn(pause(), { name: 'child' })).join();
      }),
    ).to.throw('broken');
    expect(order.violations).to.deep.equal([]);
    const end = ['crashed', 'stepStarted main', 'aroundStep main', 'steppedInside main', 'stepEnded main'];
    expect(order.calls.slice(-7)).to.deep.equal([...end, 'taskEnded main', 'runEnded main']);
  });

  // A check that finds nothing proves little unless it can find something.
  it('is checked by a function that can fail', () => {
    const order = new InstrumentOrder();
    const task = {
      name: 'x',
      parent: undefined,
      isCancelled: false,
      result: { state: 'succeeded' },
    } as unknown as Task;
    order.runStarted(task);
    order.taskSpawned(task);
    order.stepStarted(task);
    order.taskEnded(task);
    expect(order.violations).to.have.lengthOf(4);
  });
});

/** Has every hook, counts the calls of each, and throws in one. */
class Thrower implements Instrument {
  declare readonly warned?: (warning: LoopWarning) => void;
  calls = 0;

  constructor(hook: keyof Instrument, thrown: unknown = new Error('broken')) {
    for (const name of INSTRUMENT_HOOKS) {
      Object.defineProperty(this, name, {
        value: () => {
          this.calls++;
          if (name === hook) throw thrown;
        },
      });
    }
    if (hook !== 'warned') return;
    this.warned = () => {
      this.calls++;
      throw thrown;
    };
  }
}

/** Uses every hook: it sleeps, pauses and comes to a deadlock; then another run, which succeeds. */
function runWith(instruments: readonly Instrument[]) {
  const strategy = new JumpStrategy();
  const handlers = [new SleepHandler(strategy.clock), new SignalHandler()];
  const loop = new EventLoop({ strategy, handlers, instruments });
  let steps = 0;
  const said: string[] = [];
  const { warn } = console;
  console.warn = (text: string) => said.push(text);
  try {
    expect(() =>
      loop.runSync(function* () {
        yield* sleep(5);
        steps++;
        yield* pause();
        steps++;
        try {
          yield* new Signal();
        } finally {
          yield* shield(sleep(5));
          steps++;
        }
      }),
    ).to.throw('nothing can ever happen');
    expect(loop.runSync(sleep(5))).to.equal(undefined);
  } finally {
    console.warn = warn;
  }
  expect(steps, 'no step is lost').to.equal(3);
  return said;
}

describe('an instrument with warningIssued', () => {
  it('takes note of warnings, which the console gets all the same, or who replaces it', () => {
    const noted: string[] = [];
    const watcher: Instrument = { warningIssued: ({ code }) => noted.push(code) };
    const fails: Instrument = { runStarted: () => expect.fail('no') };
    expect(runWith([watcher, fails])).to.have.lengthOf(1);
    const heard: string[] = [];
    expect(runWith([watcher, { warned: ({ code }) => heard.push(code) }, { ...fails }])).to.deep.equal([]);
    expect(noted).to.deep.equal(['ESC_INSTRUMENT_FAILED', 'ESC_INSTRUMENT_FAILED']);
    expect(heard).to.deep.equal(['ESC_INSTRUMENT_FAILED']);
  });

  it('is switched off if that throws, and the warning is not lost', () => {
    const watcher: Instrument = { warningIssued: () => expect.fail('cannot count') };
    const said = runWith([watcher, { runStarted: () => expect.fail('no') }]);
    expect(said.map(text => /threw in (\w+)/.exec(text)?.[1]).sort()).to.deep.equal(['runStarted', 'warningIssued']);
  });
});

describe('an instrument that throws', () => {
  it('is switched off and reported on the console, once, whichever hook throws; no step is lost', () => {
    for (const hook of INSTRUMENT_HOOKS) {
      const said = runWith([new Thrower(hook)]);
      expect(said, hook).to.have.lengthOf(1);
      expect(said[0]).to.match(/^ESC_INSTRUMENT_FAILED: an instrument of class Thrower threw in /);
      expect(said[0]).to.include(`threw in ${hook}: broken. It is switched off`);
    }
  });

  it('is reported to the other instruments, which are called as before', () => {
    for (const hook of INSTRUMENT_HOOKS) {
      const thrower = new Thrower(hook);
      const warnings: LoopWarning[] = [];
      const before = new InstrumentOrder();
      const after = new InstrumentOrder();
      const said = runWith([before, thrower, { warned: warning => warnings.push(warning) }, after]);
      expect(said, hook).to.deep.equal([]);
      expect(warnings.map(({ code, task }) => [code, task])).to.deep.equal([['ESC_INSTRUMENT_FAILED', undefined]]);
      expect(before.violations).to.deep.equal([]);
      expect(after.calls).to.deep.equal(before.calls);
      expect(thrower.calls).to.be.lessThan(before.calls.length);
    }
  });

  it('in aroundStep, before or after the step, or that forgets the step: no step is lost, none comes twice', () => {
    const steps: string[] = [];
    const fails = (place: string): Instrument => ({
      aroundStep: (_, step) => {
        if (place === 'after') step();
        if (place === 'twice') step();
        if (place !== 'forgotten' && place !== 'twice') throw new Error(place);
        if (place === 'twice') step();
      },
    });
    const inside: Instrument = {
      aroundStep: (task, step) => {
        steps.push(task.name);
        step();
      },
    };
    for (const place of ['before', 'after', 'forgotten', 'twice']) {
      for (const instruments of [[fails(place)], [inside, fails(place)], [fails(place), inside]]) {
        steps.length = 0;
        const { loop, warnings } = virtualLoop({ instruments });
        const result = loop.runSync(function* counting() {
          for (let n = 0; n < 3; n++) yield* pause();
          return 'done';
        });
        expect(result, place).to.equal('done');
        expect(warnings).to.have.lengthOf(place === 'before' || place === 'after' ? 1 : 0);
        if (instruments.length > 1) expect(steps).to.deep.equal(Array(4).fill('counting'));
      }
    }
  });

  it('is not called any more, not in the next run either', () => {
    const thrower = new Thrower('runStarted');
    runWith([thrower]);
    expect(thrower.calls).to.equal(1);
  });

  it('in warned: the warning and the report go to the others or to the console', () => {
    const warn: Instrument = { taskSpawned: () => expect.fail('the first') };
    const said = runWith([warn, new Thrower('warned')]);
    expect(said).to.have.lengthOf(2);
    expect(said[0]).to.include('of class Thrower threw in warned: broken');
    expect(said[1]).to.include('threw in taskSpawned: the first');
    const heard: string[] = [];
    const listener: Instrument = { warned: ({ message }) => heard.push(message) };
    expect(runWith([warn, new Thrower('warned'), new Thrower('warned'), listener])).to.deep.equal([]);
    expect(heard.map(message => /threw in (\w+)/.exec(message)?.[1]).sort()).to.deep.equal([
      'taskSpawned',
      'warned',
      'warned',
    ]);
  });

  it('may throw a value that cannot be described', () => {
    const trap = () => expect.fail('asked');
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const nasty: unknown[] = [
      { toString: trap },
      { [Symbol.toPrimitive]: trap, toString: trap },
      Object.defineProperty(new Error('x'), 'message', { get: trap }),
      Object.assign(new Error('x'), { message: { toString: trap } }),
      revoked.proxy,
      Object.create(null),
      Symbol('s'),
      undefined,
    ];
    for (const thrown of nasty) {
      const said = runWith([new Thrower('stepStarted', thrown)]);
      expect(said).to.have.lengthOf(1);
      expect(said[0]).to.include('threw in stepStarted: ');
    }
    const bare: Instrument = Object.assign(Object.create(null), { stepEnded: trap });
    expect(runWith([bare])[0]).to.include('an instrument threw in stepEnded');
  });

  it('is not called again by what an instrument before it does in the same hook', () => {
    let napper: Task | undefined;
    const spawned: string[] = [];
    const first: Instrument = {
      taskSpawned: task => {
        if (task.name === 'napper') napper = task;
        else napper?.cancel();
      },
    };
    const second: Instrument = {
      taskSpawned: task => spawned.push(task.name),
      taskReady: (_task, cause) => expect(cause).not.to.equal('cancelled'),
    };
    const { loop, warnings } = virtualLoop({ instruments: [first, second] });
    loop.runSync(function* main() {
      yield* spawn(sleep(100), { name: 'napper' });
      yield* pause();
      yield* spawn(pause(), { name: 'trigger' });
    });
    expect(warnings.map(({ code }) => code)).to.deep.equal(['ESC_INSTRUMENT_FAILED']);
    expect(spawned).to.deep.equal(['main', 'napper']);
  });
});
