import { expect } from 'chai';
import {
  EventHandler,
  EventLoop,
  type Instrument,
  LoopEvent,
  type LoopView,
  pause,
  SchedulingPolicy,
  sleep,
  spawn,
  type Task,
  type Waiter,
} from 'escapement';
import { HOSTILE } from '../support/hostile-values.js';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { virtualLoop } from '../support/virtual-loop.js';

const running = () => (globalThis as { [key: symbol]: Set<LoopView> | undefined })[Symbol.for('escapement.loops')];

describe('The view of a loop', () => {
  it('is on globalThis from the start of a run to its end, however it ends', () => {
    const { loop } = virtualLoop();
    const seen: boolean[] = [];
    const look = () => seen.push(running()?.has(loop.view) === true);
    loop.runSync(function* () {
      look();
      yield* sleep(1);
      look();
    });
    look();
    expect(() =>
      loop.runSync(function* () {
        look();
        throw new Error('no');
      }),
    ).to.throw('no');
    look();
    expect(() =>
      loop.runSync(() => {
        throw new Error('not even a task');
      }),
    ).to.throw('not even a task');
    look();
    expect(seen).to.deep.equal([true, true, false, true, false, false]);
  });

  it('is that of each loop that runs, also of one inside another', () => {
    const [outer, inner] = [virtualLoop().loop, virtualLoop().loop];
    outer.runSync(function* () {
      inner.runSync(function* () {
        expect([...running()!].filter(view => view === outer.view || view === inner.view)).to.have.length(2);
      });
      expect(running()!.has(inner.view)).to.equal(false);
      expect(running()!.has(outer.view)).to.equal(true);
    });
  });

  it('shows the tasks, parents first, and nothing before and after a run', () => {
    const { loop } = virtualLoop();
    expect([...loop.view.tasks()]).to.deep.equal([]);
    loop.runSync(function* main() {
      yield* spawn(
        function* () {
          yield* spawn(sleep(5), { name: 'grandchild' });
          yield* sleep(5);
        },
        { name: 'child' },
      );
      yield* spawn(sleep(5), { name: 'sibling' });
      yield* pause();
      yield* pause();
      expect([...loop.view.tasks()].map(({ name }) => name)).to.deep.equal(['main', 'child', 'grandchild', 'sibling']);
    });
    expect([...loop.view.tasks()]).to.deep.equal([]);
    expect(loop.view.dump()).to.equal('the loop is not running');
  });

  it('knows its plugins, and until when the loop sleeps', () => {
    let view: LoopView | undefined;
    const seen: unknown[] = [];
    const watcher: Instrument = {
      sleepEnded: () => seen.push(view!.sleepsUntil),
    };
    const { loop, strategy } = virtualLoop({ instruments: [watcher] });
    view = loop.view;
    const sleepOf = strategy.sleep.bind(strategy);
    strategy.sleep = (until: number) => {
      seen.push(view!.sleepsUntil);
      sleepOf(until);
    };
    loop.runSync(() => sleep(5));
    expect(seen).to.deep.equal([5, undefined]);
    expect(view.strategy).to.equal(strategy);
    expect(view.policy.alias).to.equal('fifo');
  });

  it('shows who blocks whom, and nothing where a handler fails to say it', () => {
    const { loop } = virtualLoop();
    loop.runSync(function* main() {
      const child = yield* spawn(sleep(5), { name: 'child' });
      const joiner = yield* spawn(child.join());
      yield* pause();
      expect([...loop.view.blockersOf(joiner)]).to.deep.equal([child]);
      expect([...loop.view.blockersOf(child)]).to.deep.equal([]);
    });
    class Mute extends SignalHandler {
      override blockers(): Iterable<Task> {
        throw new Error('not now');
      }
    }
    const mute = virtualLoop({ handlers: [new Mute()] }).loop;
    mute.runSync(function* () {
      const waiting = yield* spawn(new Signal());
      yield* pause();
      expect([...mute.view.blockersOf(waiting)]).to.deep.equal([]);
      waiting.cancel();
    });
  });

  it('looks for no more tasks that block another one than are asked for', () => {
    let told = 0;
    let hasStopped = false;
    class Endless extends SignalHandler {
      override *blockers(): Iterable<Task> {
        try {
          for (; ; told++) yield main!;
        } finally {
          hasStopped = true;
        }
      }
    }
    let main: Task | undefined;
    const { loop } = virtualLoop({ handlers: [new Endless()] });
    loop.runSync(function* () {
      const waiting = yield* spawn(new Signal());
      main = waiting.parent;
      yield* pause();
      const [first, second] = loop.view.blockersOf(waiting);
      expect([first, second, hasStopped]).to.deep.equal([main, main, true]);
      expect(told).to.be.below(3);
      waiting.cancel();
    });
  });
});

describe('loop.metrics()', () => {
  class Arrived extends LoopEvent<void> {
    override readonly kind = 'arrived';
  }
  class ArrivedHandler extends EventHandler<Arrived> {
    override readonly handles = Arrived;
    readonly waiting = new Set<Waiter<void>>();
    override arm(_event: Arrived, waiter: Waiter<void>) {
      this.waiting.add(waiter);
    }
    override disarm(_event: Arrived, waiter: Waiter<void>) {
      this.waiting.delete(waiter);
    }
    override inFlight() {
      return this.waiting.size;
    }
  }

  it('has what is in flight, by the name of the handler', () => {
    const { loop } = virtualLoop({ handlers: [new ArrivedHandler()] });
    expect(loop.metrics()).to.deep.equal({ inFlight: {} });
    loop.runSync(function* () {
      const tasks = [];
      for (let n = 0; n < 3; n++) tasks.push(yield* spawn(new Arrived()));
      yield* pause();
      expect(loop.metrics()).to.deep.equal({ inFlight: { ArrivedHandler: 3 } });
      for (const task of tasks) task.cancel();
    });
    expect(loop.metrics()).to.deep.equal({ inFlight: {} });
  });

  it('has what the instruments measure, and bears those that fail to', () => {
    const instruments: Instrument[] = [
      { metrics: () => ({ steps: 3 }) },
      {
        metrics: () => {
          throw new Error('not now');
        },
      },
      ...Object.values(HOSTILE).map(make => ({ metrics: () => make() as object })),
      { metrics: () => ({ switches: 2 }) },
    ];
    const { strategy } = virtualLoop();
    const loop = new EventLoop({ strategy, instruments });
    expect(loop.metrics()).to.include({ steps: 3, switches: 2 }).and.to.have.property('inFlight');
  });
});

describe('The order in which handlers are polled', () => {
  class First extends SignalHandler {
    constructor(
      private readonly name: string,
      private readonly polls: string[],
    ) {
      super();
    }
    override poll(): void {
      this.polls.push(this.name);
    }
  }
  class Other extends LoopEvent<void> {
    override readonly kind = 'other';
  }
  class OtherHandler extends EventHandler<Other> {
    override readonly handles = Other;
    constructor(private readonly polls: string[]) {
      super();
    }
    override arm(): void {}
    override disarm(): void {}
    override poll(): void {
      this.polls.push('second');
    }
  }
  class Choosing extends SchedulingPolicy {
    override readonly alias = 'choosing';
    readonly #ready: Task[] = [];
    constructor(private readonly choice: number) {
      super();
    }
    override add(task: Task): void {
      this.#ready.push(task);
    }
    override next(): Task | undefined {
      return this.#ready.shift();
    }
    override choose(): number {
      return this.choice;
    }
  }
  function pollsUnder(policy?: SchedulingPolicy): string[] {
    const polls: string[] = [];
    const { strategy } = virtualLoop();
    const handlers = [new First('first', polls), new OtherHandler(polls)];
    new EventLoop({ strategy, handlers, ...(policy && { policy }) }).runSync(function* () {
      // The turn ends, and the handlers are polled, after so many steps.
      for (let n = 0; n < 300; n++) yield* pause();
    });
    return polls;
  }

  it('is that of their installation, or the one that the policy chooses', () => {
    expect(pollsUnder()).to.deep.equal(['first', 'second']);
    expect(pollsUnder(new Choosing(0))).to.deep.equal(['first', 'second']);
    expect(pollsUnder(new Choosing(1))).to.deep.equal(['second', 'first']);
  });
});
