import { runInNewContext } from 'node:vm';
import { type LookOptions, type LoopReport, lookAtLoops, WaitTimes } from '@escapement/observe';
import { Lock, SyncHandler } from '@escapement/sync';
import { expect } from 'chai';
import {
  type Coroutine,
  debugging,
  EventHandler,
  EventLoop,
  type Instrument,
  LoopEvent,
  pause,
  type SleepFor,
  SleepHandler,
  type Spawn,
  sleep,
  spawn,
  type Task,
  type Waiter,
} from 'escapement';
import { JumpStrategy } from '../support/virtual-loop.js';

const REGISTRY = Symbol.for('escapement.loops');

/** Waits until another task is done with it, as it says. */
class Held extends LoopEvent {
  override readonly kind = 'held';

  constructor(
    readonly text: string,
    readonly holders: readonly Task[],
  ) {
    super();
  }

  override toString(): string {
    if (this.text === 'bad') throw new Error('no text');
    return this.text;
  }
}

class HeldHandler extends EventHandler<Held> {
  override readonly handles = Held;
  override arm(_event: Held, _waiter: Waiter<unknown>): void {}
  override disarm(): void {}
  override inFlight(): number {
    return 1;
  }
  override blockers(event: Held): Iterable<Task> {
    return event.holders;
  }
}

/** Waits for ever, with a field of any kind. */
class Numbered extends LoopEvent {
  override readonly kind = 'numbered';

  constructor(readonly value: unknown) {
    super();
  }
}

class NumberedHandler extends EventHandler<Numbered> {
  override readonly handles = Numbered;
  override arm(_event: Numbered, _waiter: Waiter<unknown>): void {}
  override disarm(): void {}
  override inFlight(): number {
    return 1;
  }
}

/** A loop in virtual time that knows sleeps, locks and `Held`. */
function makeLoop(instruments: (clock: JumpStrategy['clock']) => readonly Instrument[] = () => []) {
  const strategy = new JumpStrategy();
  const handlers = [new SleepHandler(strategy.clock), new SyncHandler(), new HeldHandler(), new NumberedHandler()];
  const loop = new EventLoop({ strategy, handlers, instruments: instruments(strategy.clock) });
  return { loop, clock: strategy.clock };
}

/** The report of the loop that has started last. */
function look(options?: LookOptions): LoopReport {
  return lookAtLoops(options).at(-1)!;
}

/** `name x 3: state event` for each line. */
function linesOf({ lines }: LoopReport): string[] {
  return lines.map(({ depth, name, count, state, waitsFor = '' }) =>
    `${'  '.repeat(depth)}${name}${count > 1 ? ` x ${count}` : ''}: ${state} ${waitsFor}`.trimEnd(),
  );
}

function tasksIn({ lines, hidden }: LoopReport): number {
  return lines.reduce((sum, line) => sum + line.count + (line.hidden ?? 0), hidden);
}

describe('A look at the loops of a thread', () => {
  it('shows each of a few tasks: its name, its state, and what it waits for', () => {
    const report = makeLoop().loop.runSync(function* main() {
      const db = new Lock('db');
      yield* spawn(db.with(sleep(50)), { name: 'writer' });
      yield* spawn(db.with(sleep(1)), { name: 'reader', daemon: true });
      yield* sleep(1);
      yield* spawn(pause(), { name: 'fresh' });
      return look();
    });
    expect(linesOf(report)).to.deep.equal([
      'main: running',
      '  writer: waiting SleepFor(duration=50)',
      '  fresh: spawned',
      '  reader: waiting Acquire(lock "db", held by task "writer")',
    ]);
    expect(report.lines.map(({ isDaemon }) => isDaemon)).to.deep.equal([undefined, undefined, undefined, true]);
    expect(report).to.deep.include({
      strategy: 'jump',
      waits: 'blocks',
      policy: 'fifo',
      taskCount: 4,
      states: { running: 1, waiting: 2, spawned: 1 },
      hidden: 0,
      sleepsFor: undefined,
      circle: undefined,
      hasTimes: false,
      isPartial: false,
    });
  });

  it('shows nothing where no loop runs, and each of two that run', () => {
    expect(lookAtLoops()).to.deep.equal([]);
    const inner = makeLoop().loop;
    makeLoop().loop.runSync(function* outer() {
      inner.runSync(function* inside() {
        expect(lookAtLoops().map(linesOf)).to.deep.equal([['outer: running'], ['inside: running']]);
      });
    });
    expect(lookAtLoops()).to.deep.equal([]);
  });

  it('makes one line of tasks that differ in numbers only, and a line for each with `all`', () => {
    makeLoop().loop.runSync(function* main() {
      for (let n = 1; n <= 50; n++) yield* spawn(sleep(1000 + n), { name: `worker ${n}` });
      for (let n = 1; n <= 3; n++) yield* spawn(sleep(5), { name: 'poller' });
      yield* spawn(sleep(9), { name: 'conn-9f2e41/3' });
      yield* spawn(sleep(9), { name: 'conn-0a77bc/12' });
      yield* sleep(1);
      expect(linesOf(look())).to.deep.equal([
        'main: running',
        '  worker x 50: waiting SleepFor',
        '  poller x 3: waiting SleepFor(duration=5)',
        '  conn x 2: waiting SleepFor(duration=9)',
      ]);
      expect(linesOf(look({ all: true })))
        .to.have.length(56)
        .and.include('  worker 7: waiting SleepFor(duration=1007)');
    });
  });

  it('groups events that say their numbers themselves as it groups by texts', () => {
    /** Says the same as any event, but the look cannot know that. */
    class Told extends Numbered {
      override toString(): string {
        return super.toString();
      }
    }
    const values = [1, 2.04, 2.01, 2.04, -3, -4, Number.NaN, Infinity, Infinity, 1e21, 1e-9, 0, 'x', 'y', undefined];
    const groups = (Class: new (value: unknown) => Numbered) => {
      const { loop } = makeLoop();
      return loop.runSync(function* main() {
        const tasks: Task[] = [];
        for (let n = 0; n < 60; n++) {
          const value = values[n % values.length];
          const wait = function* (): Coroutine<unknown, Numbered> {
            return yield* new Class(value);
          };
          tasks.push(yield* spawn(wait(), { name: `${n % 4 === 0 ? 'reader' : 'writer'} ${n}` }));
        }
        yield* pause();
        const lines = linesOf(look());
        for (const task of tasks) task.cancel();
        return lines;
      });
    };
    expect(groups(Numbered)).to.deep.equal(groups(Told));
  });

  it('puts the children of tasks that are alike together, too', () => {
    const connection = function* () {
      yield* spawn(sleep(100), { name: 'reader' });
      yield* spawn(new Lock('own').with(sleep(100)), { name: 'writer' });
      yield* sleep(70);
    };
    makeLoop().loop.runSync(function* main() {
      for (let n = 1; n <= 30; n++) yield* spawn(connection, { name: `connection ${n}` });
      yield* sleep(1);
      expect(linesOf(look())).to.deep.equal([
        'main: running',
        '  connection x 30: waiting SleepFor(duration=70)',
        '    reader x 30: waiting SleepFor(duration=100)',
        '    writer x 30: waiting SleepFor(duration=100)',
      ]);
    });
  });

  it('stays short, and each task is in a line or is counted as hidden', () => {
    const letters = (n: number) => n.toString(36).replace(/\d/g, digit => 'ghijklmnop'[Number(digit)]!.repeat(2));
    makeLoop().loop.runSync(function* main() {
      for (let n = 0; n < 300; n++) {
        yield* spawn(
          function* () {
            for (let m = 0; m < 3; m++) yield* spawn(sleep(9), { name: letters(m) });
          },
          { name: letters(n + 1000) },
        );
      }
      yield* sleep(1);
      const report = look();
      expect(report.lines.length).to.be.within(20, 200);
      expect(report.hidden).to.be.above(0);
      expect(tasksIn(report)).to.equal(1201);
      expect(look({ all: true }))
        .to.deep.include({ hidden: 0 })
        .and.have.property('lines')
        .with.length(1201);
    });
  });

  it('gets along with a chain of tasks that is deeper than the stack', () => {
    function* chain(depth: number): Coroutine<void, Spawn | SleepFor> {
      if (depth > 0) yield* spawn(() => chain(depth - 1), { name: 'link' });
      else yield* sleep(1);
    }
    const { loop } = makeLoop();
    let report: LoopReport | undefined;
    loop.runSync(function* main() {
      yield* spawn(() => chain(12_000), { name: 'chain' });
      yield* sleep(0.5);
      report = look();
    });
    expect(report!.lines).to.have.length(200);
    expect(tasksIn(report!)).to.equal(report!.taskCount);
  });

  it('says who holds what a task waits for, unless the event says it', () => {
    makeLoop().loop.runSync(function* main() {
      const holders: Task[] = [];
      for (const name of ['a', 'b', 'c', 'd']) holders.push(yield* spawn(sleep(5), { name }));
      const waits = [new Held('held', holders), new Held('held by "a"', holders.slice(0, 2)), new Held('bad', [])];
      for (const event of waits) yield* spawn(event, { daemon: true });
      yield* sleep(1);
      const held = look().lines.filter(({ isDaemon }) => isDaemon);
      expect(held.map(({ waitsFor, heldBy }) => [waitsFor, heldBy])).to.deep.equal([
        ['held', ['a', 'b', 'c']],
        ['held by "a"', ['b']],
        ['Held', undefined],
      ]);
    });
  });

  it('finds tasks that wait for each other, while others go on', () => {
    makeLoop().loop.runSync(function* main() {
      const [a, b] = [new Lock('a'), new Lock('b')];
      const takes = (first: Lock, second: Lock) =>
        first.with(function* () {
          yield* sleep(1);
          yield* second.with(sleep(1));
        });
      const left = yield* spawn(takes(a, b), { name: 'left' });
      const right = yield* spawn(takes(b, a), { name: 'right' });
      yield* sleep(0.5);
      expect(look().circle).to.equal(undefined);
      yield* sleep(2);
      expect(look().circle).to.deep.equal(['left', 'right', 'left']);
      left.cancel();
      right.cancel();
    });
  });

  describe('with a WaitTimes', () => {
    it('shows since when tasks wait, are ready, run, and wait for their children', () => {
      const { loop, clock } = makeLoop(clock => [new WaitTimes(clock)]);
      loop.runSync(function* main() {
        yield* spawn(sleep(1000), { name: 'sleeper' });
        yield* spawn(() => spawn(sleep(1000)), { name: 'parent' });
        yield* sleep(10);
        yield* spawn(pause(), { name: 'fresh' });
        clock.time += 30;
        const { lines, hasTimes, ready } = look();
        expect(hasTimes).to.equal(true);
        expect(lines.map(({ name, state, age }) => [name, state, age])).to.deep.equal([
          ['main', 'running', [30, 30]],
          ['sleeper', 'waiting', [40, 40]],
          ['parent', 'finishing', [40, 40]],
          ['task-4', 'waiting', [40, 40]],
          ['fresh', 'spawned', [30, 30]],
        ]);
        expect(ready).to.deep.equal([{ name: 'fresh', age: 30 }]);
      });
    });

    it('shows the least and the most of tasks that are alike', () => {
      const { loop } = makeLoop(clock => [new WaitTimes(clock)]);
      loop.runSync(function* main() {
        for (let n = 0; n < 50; n++) {
          yield* spawn(sleep(1000), { name: `worker ${n}` });
          yield* sleep(2);
        }
        expect(look().lines[1]).to.deep.include({ name: 'worker', count: 50, age: [2, 100] });
      });
    });

    it('lists the ready tasks that have waited longest', () => {
      const { loop, clock } = makeLoop(clock => [new WaitTimes(clock)]);
      loop.runSync(function* main() {
        for (let n = 1; n <= 12; n++) {
          clock.time += 1;
          yield* spawn(pause(), { name: `ready ${n}` });
        }
        const { ready, states } = look();
        expect(ready.map(({ name, age }) => `${name}: ${age}`)).to.deep.equal(
          Array.from({ length: 10 }, (_, index) => `ready ${index + 1}: ${11 - index}`),
        );
        expect(states.spawned).to.equal(12);
      });
    });

    it('shows the last slow steps, the newest first, also in loop.metrics()', () => {
      const { loop, clock } = makeLoop(clock => [new WaitTimes(clock, { slowStep: 20 })]);
      loop.runSync(function* main() {
        for (const time of [25, 19, 20, ...Array(9).fill(30)]) {
          yield* pause();
          clock.time += time;
        }
        yield* sleep(3);
        const { slowSteps } = look();
        expect(slowSteps).to.have.length(10);
        expect(slowSteps![0]).to.deep.equal({ task: 'main', took: 30, ago: 3 });
        expect(slowSteps!.at(-1)!.took).to.equal(20);
        expect(loop.metrics().slowSteps![0]).to.deep.include({ task: 'main', took: 20 });
      });
    });
  });

  it('shows since when tasks wait with the instruments of debugging, too, and other notes as they are', () => {
    const { loop } = makeLoop(clock => [...debugging(clock), { note: () => 'checked' }]);
    loop.runSync(function* main() {
      yield* spawn(sleep(1000), { name: 'sleeper' });
      yield* sleep(10);
      expect(look().lines[1]).to.deep.include({ age: [10, 10], note: 'checked' });
    });
  });

  it('ends after its timeout, and says so', () => {
    makeLoop().loop.runSync(function* main() {
      for (let n = 0; n < 5000; n++) yield* spawn(sleep(1));
      yield* sleep(0.5);
      expect(look({ timeout: -1 })).to.deep.include({ isPartial: true, taskCount: 1024 });
      expect(look()).to.deep.include({ isPartial: false, taskCount: 5001 });
    });
  });

  it('ends after its timeout also while events describe themselves', () => {
    makeLoop().loop.runSync(function* main() {
      const slow = new Held('slow', []);
      let described = 0;
      slow.toString = () => {
        described++;
        for (const until = Date.now() + 100; Date.now() < until; );
        return 'slow';
      };
      for (let n = 0; n < 1000; n++) yield* spawn(slow, { daemon: true });
      yield* sleep(1);
      // A busy machine needs some of it for the tasks themselves.
      const report = look({ timeout: 600 });
      expect(report).to.deep.include({ isPartial: true, taskCount: 1001 });
      expect(described).to.be.within(1, 10);
      expect(tasksIn(report)).to.equal(1001);
    });
  });

  it('works as a text that is sent to another process, which has loaded nothing', () => {
    makeLoop().loop.runSync(function* main() {
      yield* spawn(sleep(1), { name: 'sleeper' });
      yield* sleep(0.5);
      const views = (globalThis as { [key: symbol]: unknown })[REGISTRY];
      const other = { views };
      const text = runInNewContext(
        `globalThis[Symbol.for('escapement.loops')] = views; JSON.stringify((${lookAtLoops})({ all: true }))`,
        other,
      );
      expect(JSON.parse(text)).to.deep.equal(JSON.parse(JSON.stringify(lookAtLoops({ all: true }))));
    });
  });
});

describe('WaitTimes', () => {
  it('refuses wrong options', () => {
    const { clock } = makeLoop();
    expect(() => new WaitTimes(clock, 5 as never)).to.throw('WaitTimes got 5, expected options like { slowStep: 20 }.');
    expect(() => new WaitTimes(clock, { slowStep: -1 })).to.throw('got -1 for `slowStep`, expected milliseconds');
  });
});
