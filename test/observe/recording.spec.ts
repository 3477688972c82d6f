import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instrumentLaws } from '@escapement/conformance';
import {
  type CollectorPause,
  type CollectorPauses,
  type DumpReason,
  hostCollectorPauses,
  type RecordingOptions,
  recording,
} from '@escapement/observe';
import { recordingModule } from '@escapement/observe/module';
import { virtualTimeModule } from '@escapement/virtual-time/module';
import { expect } from 'chai';
import {
  BusyWaitStrategy,
  type Clock,
  type Coroutine,
  createLoop,
  EventLoop,
  type Instrument,
  LoopEvent,
  type Pause,
  PerformanceClock,
  pause,
  SetTimeoutStrategy,
  type SleepFor,
  SleepHandler,
  type Spawn,
  sleep,
  sleepModule,
  spawn,
  type Task,
  type Warn,
  warn,
} from 'escapement';
import { describe, it } from 'mocha';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { JumpStrategy, VirtualClock } from '../support/virtual-loop.js';
import { decodeTrace, trackOf } from './decoded-trace.js';

/** A loop in virtual time, and its recorder. */
function recordedLoop(options: RecordingOptions = {}, others: readonly Instrument[] = []) {
  const strategy = new JumpStrategy();
  const { clock } = strategy;
  const handler = new SignalHandler();
  const recorder = recording({ clock, mebibytes: records(2000), ...options });
  const handlers = [new SleepHandler(clock), handler];
  const loop = new EventLoop({ strategy, handlers, instruments: [recorder, ...others] });
  return { loop, recorder, clock, handler, strategy, trace: () => decodeTrace(recorder.dump()) };
}

function names(slices: readonly { readonly name: string }[]): string[] {
  return slices.map(({ name }) => name);
}

/** So many records, in MiB. */
function records(count: number): number {
  return (count * 24) / 2 ** 20;
}

/** For a recorder that gets its calls from the test. */
function rootTask(id: number, name: string): Task {
  return { id, name, parent: undefined, children: [], state: 'waiting', waitsFor: undefined } as unknown as Task;
}

/** More classes of events than are kept. */
const MADE = 1500;

function* wakeAll({ waiting }: SignalHandler): Coroutine<void, Pause> {
  for (;;) {
    for (const [signal, waiter] of waiting) {
      waiting.delete(signal);
      waiter.resolve(undefined);
    }
    yield* pause();
  }
}

describe('a recorder', () => {
  it('shows tasks as tracks, with their steps, waits, readiness, and who made them ready', () => {
    const { loop, clock, handler, trace } = recordedLoop();
    const signal = new Signal();
    loop.runSync(function* main(): Coroutine<void, Spawn | SleepFor | Signal | Pause> {
      yield* spawn(signal, { name: 'listener' });
      yield* sleep(2);
      clock.time += 0.5;
      handler.waiting.get(signal)!.resolve(undefined);
      clock.time += 0.25;
    });
    const shown = trace();
    const listener = trackOf(shown, 'listener');
    expect(listener.parent!.name).to.equal('main');
    expect(trackOf(shown, 'main').parent!.name).to.equal('loop');
    expect(listener.instants).to.deep.equal([
      { name: 'spawned', time: 0, args: { by: 'main' } },
      { name: 'ended', time: 2.75, args: { result: 'succeeded' } },
    ]);
    expect(listener.slices).to.deep.equal([
      { name: 'ready', start: 0, end: 0, args: { cause: 'spawned', by: 'main' } },
      { name: 'step', start: 0, end: 0, args: {} },
      { name: 'waits for Signal', start: 0, end: 2.5, args: {} },
      { name: 'ready', start: 2.5, end: 2.75, args: { cause: 'Signal', by: 'main' } },
      { name: 'step', start: 2.75, end: 2.75, args: {} },
    ]);
    const woken = shown.flows.find(({ to }) => to.slice === listener.slices[4])!;
    expect(woken.from.track).to.equal('main');
    expect([woken.from.slice.start, woken.from.slice.end]).to.deep.equal([2, 2.75]);
  });

  it('shows sleeps, and how much later than asked for they ended', () => {
    const { loop, clock, strategy, trace } = recordedLoop();
    const wakes = [5.002, 10, 15.002];
    strategy.sleep = () => {
      clock.time = wakes.shift()!;
    };
    loop.runSync(function* main() {
      yield* sleep(5);
      yield* sleep(10);
    });
    const { tracks } = trace();
    const [first, second] = tracks.find(({ name }) => name === 'sleeps')!.slices;
    expect(first).to.deep.equal({ name: 'sleep', start: 0, end: 5.002, args: { until: 5, overshoot: 2000 } });
    expect(second!.args, 'woken early').not.to.have.property('overshoot');
    expect(tracks.find(({ name }) => name === 'overshoot')!.counts[0]).to.deep.equal({ time: 5.002, value: 2000 });
  });

  it('shows crashes and warnings, which go to the console all the same', () => {
    const said: string[] = [];
    const { loop, trace } = recordedLoop({}, [{ warned: ({ code }) => said.push(code) }]);
    expect(() =>
      loop.runSync(function* main(): Coroutine<void, Warn | Signal> {
        yield* warn('ESC_TEST', 'beware');
        yield* new Signal();
      }),
    ).to.throw('nothing can ever happen');
    const shown = trace();
    expect(said).to.deep.equal(['ESC_TEST']);
    const warning = trackOf(shown, 'main').instants.find(({ name }) => name === 'warning')!;
    expect(warning.args.warning).to.equal('ESC_TEST: beware');
    const [crash] = trackOf(shown, 'loop').instants;
    expect(crash!.name).to.equal('crashed');
    expect(crash!.args.fault).to.include('nothing can ever happen');
  });

  it('shows the pauses of the garbage collector that it is told of, late or not', () => {
    let tell: (pause: CollectorPause) => void = () => expect.fail('not asked');
    let hasStopped = false;
    const collectorPauses: CollectorPauses = listener => {
      tell = listener;
      return () => {
        hasStopped = true;
      };
    };
    const { loop, clock, trace } = recordedLoop({ collectorPauses });
    loop.runSync(function* main() {
      clock.time = 10;
      tell({ kind: 'minor', start: 8, duration: 0.5 });
      yield* pause();
      expect(hasStopped).to.equal(false);
    });
    expect(hasStopped).to.equal(true);
    // They overlap, as those of a host may.
    tell({ kind: 'major', start: 2, duration: 3 });
    tell({ kind: 'incremental', start: 4, duration: 2 });
    expect(trackOf(trace(), 'garbage collector').slices).to.deep.equal([
      { name: 'major', start: 2, end: 5, args: {} },
      { name: 'incremental', start: 5, end: 6, args: {} },
      { name: 'minor', start: 8, end: 8.5, args: {} },
    ]);
  });

  it('shows the last seconds, and what tasks have been in all the time', () => {
    const { loop, recorder, clock } = recordedLoop({ seconds: 1 });
    const dumps: Uint8Array[] = [];
    loop.runSync(function* main(): Coroutine<void, Spawn | SleepFor | Pause | Signal> {
      yield* spawn(sleep(9999), { name: 'sleeper', daemon: true });
      yield* spawn(function* ended() {});
      for (let second = 0; second < 5; second++) yield* sleep(1000);
      yield* pause();
      dumps.push(recorder.dump());
      clock.time += 5000;
      dumps.push(recorder.dump());
    });
    const [shown, idle] = dumps.map(decodeTrace);
    expect(names(shown!.tracks)).not.to.include('ended');
    const main = trackOf(shown!, 'main');
    const args = { began: 'before this recording' };
    expect(main.slices[0]).to.deep.equal({ name: 'waits for SleepFor', start: 4000, end: 4000, args });
    expect(main.slices[2]).to.deep.equal({ name: 'step', start: 4000, end: 4000, args: {} });
    expect(main.slices.at(-1)).to.deep.equal({ name: 'step', start: 5000, args: {} });
    expect(names(trackOf(shown!, 'sleeper').slices)).to.deep.equal(['waits for SleepFor']);
    expect(trackOf(shown!, 'sleeper').slices[0]).to.deep.include({ start: 4000 });
    expect(trackOf(idle!, 'main').slices).to.deep.equal([
      { name: 'step', start: 9000, args: { began: 'before this recording' } },
    ]);
  });

  it('tells of a wait that goes on what exactly it is for', () => {
    const { loop, recorder } = recordedLoop();
    let dump = new Uint8Array();
    loop.runSync(function* main() {
      yield* spawn(sleep(7), { name: 'sleeper' });
      yield* sleep(1);
      dump = Uint8Array.from(recorder.dump());
    });
    const wait = trackOf(decodeTrace(dump), 'sleeper').slices.at(-1)!;
    expect(wait).to.deep.equal({
      name: 'waits for SleepFor',
      start: 0,
      args: { event: 'SleepFor(duration=7)' },
    });
  });

  it('holds no more than its memory, and forgets the names that go with lost records', () => {
    const { loop, trace } = recordedLoop({ mebibytes: records(200) });
    loop.runSync(function* main() {
      for (let n = 0; n < 1000; n++) yield* (yield* spawn(pause(), { name: `child-${n}` })).join();
    });
    const { tracks } = trace();
    const children = tracks.filter(({ name }) => name.startsWith('child-'));
    expect(children.length).to.be.within(15, 40);
    expect(children.map(({ name }) => name))
      .to.include('child-999')
      .and.not.to.include('child-900');
    const events = tracks.flatMap(({ slices, instants }) => [...slices, ...instants]);
    expect(events.length).to.be.within(100, 300);
  });

  for (const [size, kept] of [
    [500, 'all of them, however many a program makes'],
    [8000, 'as many as fit into a table, and the others as such'],
  ] as const) {
    it(`names the classes of events: ${kept}`, () => {
      const { loop, handler, trace } = recordedLoop({ mebibytes: records(size) });
      loop.runSync(function* main(): Coroutine<void, Signal | Spawn | Pause> {
        yield* spawn(() => wakeAll(handler), { daemon: true });
        for (let n = 0; n < MADE; n++) {
          const Made = class extends Signal {};
          yield* Object.defineProperty(new Made(), 'kind', { value: `made-${n}` });
        }
      });
      const waits = names(trackOf(trace(), 'main').slices).filter(name => name.startsWith('waits'));
      const expected = waits.map((_, index) => `waits for Made${MADE - waits.length + index}`);
      const named = waits.filter((name, index) => name === expected[index]);
      const others = waits.filter(name => name === 'waits for another event');
      expect(waits.length).to.be.greaterThan(size / 10);
      expect(named.length + others.length, 'no name is wrong').to.equal(waits.length);
      expect(named.length).to.be.greaterThan(10);
      expect(others.length > 0, 'the table is full').to.equal(size > 1000);
    });
  }

  it('makes a dump by itself when a step was slow, but not one after the other', () => {
    const dumps: [Uint8Array, DumpReason][] = [];
    const { loop, clock } = recordedLoop({
      seconds: 1,
      slowStep: 20,
      dumped: (dump, reason) => dumps.push([dump, reason]),
    });
    loop.runSync(function* main(): Coroutine<void, Pause | SleepFor> {
      clock.time += 19;
      yield* pause();
      expect(dumps).to.have.lengthOf(0);
      clock.time += 20;
      yield* pause();
      expect(dumps).to.have.lengthOf(1);
      clock.time += 20;
      yield* sleep(1000);
      expect(dumps).to.have.lengthOf(1);
      clock.time += 30;
    });
    expect(dumps.map(([, reason]) => reason)).to.deep.equal(['slow step', 'slow step']);
    const [slow] = trackOf(decodeTrace(dumps[0]![0]), 'main').slices.slice(-1);
    expect(slow).to.deep.equal({ name: 'step', start: 19, end: 39, args: {} });
  });

  it('makes a dump by itself when the run breaks, before the tasks are cancelled', () => {
    const dumps: [Uint8Array, DumpReason][] = [];
    const { loop } = recordedLoop({ dumped: (dump, reason) => dumps.push([dump, reason]) });
    expect(() => loop.runSync(new Signal())).to.throw('nothing can ever happen');
    expect(dumps.map(([, reason]) => reason)).to.deep.equal(['crash']);
    const shown = decodeTrace(dumps[0]![0]);
    expect(names(trackOf(shown, 'loop').instants)).to.deep.equal(['crashed']);
    const wait = shown.tracks.at(-1)!.slices.at(-1)!;
    expect(wait).to.deep.include({ name: 'waits for Signal', args: { event: 'Signal()' } });
    expect(wait).not.to.have.property('end');
  });

  for (const [how, dumped] of [
    ['throws', () => expect.fail('no space left')],
    ['is rejected', () => Promise.reject(new Error('no space left'))],
  ] as const) {
    it(`records on, with a warning on the console, if \`dumped\` ${how}`, async () => {
      const warnings: string[] = [];
      const { warn } = console;
      console.warn = (text: string) => void warnings.push(text);
      try {
        let subscriptions = 0;
        const collectorPauses = () => {
          subscriptions++;
          return () => void subscriptions--;
        };
        const { loop, clock, trace } = recordedLoop({ slowStep: 1, dumped, collectorPauses });
        loop.runSync(function* main() {
          clock.time += 2;
          yield* pause();
          yield* pause();
        });
        expect(names(trackOf(trace(), 'main').slices).filter(name => name === 'step')).to.have.length(3);
        expect(subscriptions).to.equal(0);
        await Promise.resolve();
      } finally {
        console.warn = warn;
      }
      expect(warnings).to.deep.equal(['ESC_DUMP_FAILED: `dumped` of a recorder failed: no space left']);
    });
  }

  it('keeps the run, however many collections it is told of after it', () => {
    let tell: (pause: CollectorPause) => void = () => expect.fail('not asked');
    const collectorPauses: CollectorPauses = listener => {
      tell = listener;
      return () => {};
    };
    const { loop, clock, trace } = recordedLoop({ mebibytes: records(100), collectorPauses });
    clock.time = 500;
    loop.runSync(function* main() {
      for (let n = 0; n < 10; n++) yield* sleep(1);
    });
    for (let n = 0; n < 5000; n++) tell({ kind: 'minor', start: n / 10, duration: 0.01 });
    tell({ kind: 'major', start: 505, duration: 1 });
    expect(names(trackOf(trace(), 'main').slices).filter(name => name === 'step')).to.have.length(11);
    expect(trackOf(trace(), 'garbage collector').slices).to.deep.equal([
      { name: 'major', start: 505, end: 506, args: {} },
    ]);
  });

  it('keeps of the long name of a task that has ended only what it shows', function () {
    const { gc } = globalThis;
    if (gc === undefined) return this.skip();
    const { loop, trace } = recordedLoop();
    gc();
    const before = process.memoryUsage().heapUsed;
    loop.runSync(function* main() {
      for (let n = 0; n < 50; n++) {
        const name = Buffer.alloc(1_000_000, `name ${n} `).toString('latin1');
        yield* (yield* spawn(pause(), { name })).join();
      }
    });
    gc();
    expect(process.memoryUsage().heapUsed - before).to.be.below(25_000_000);
    expect(trace().tracks.filter(({ name }) => /^name .*more characters/.test(name))).to.have.length(50);
  });

  it('finds the run of a task in a deep chain without passing all tasks above it each time', () => {
    let looks = 0;
    const fake = (id: number, parent?: Task) =>
      ({
        id,
        name: `task-${id}`,
        isEnded: false,
        extras: { slots: undefined },
        get parent() {
          looks++;
          return parent;
        },
      }) as unknown as Task;
    const { recorder } = recordedLoop();
    const chain = [fake(1)];
    for (let id = 2; id <= 10_000; id++) chain.push(fake(id, chain.at(-1)));
    recorder.runStarted(chain[0]!);
    recorder.runStarted(fake(10_001));
    for (const task of chain.toReversed()) recorder.taskReady(task, 'spawned');
    for (const task of chain) recorder.taskReady(task, 'spawned');
    expect(looks).to.be.within(1, 40_000);
  });

  it('records in real time without options', () => {
    const recorder = recording({ seconds: 10_000 });
    const strategy = new BusyWaitStrategy(new PerformanceClock());
    const before = performance.now();
    const loop = new EventLoop({ strategy, handlers: [new SleepHandler(strategy.clock)], instruments: [recorder] });
    loop.runSync(function* main() {
      for (let n = 0; n < 10; n++) yield* sleep(0.1);
    });
    const { slices } = trackOf(decodeTrace(recorder.dump()), 'main');
    expect(slices.filter(({ name }) => name === 'step')).to.have.lengthOf(11);
    expect(slices[0]!.start).to.be.within(before - 0.001, slices.at(-1)!.end! - 1);
  });

  it('keeps the runs of several loops apart, one after the other and one inside of the other', () => {
    const outer = recordedLoop();
    const { clock, recorder } = outer;
    const strategy = Object.assign(new JumpStrategy(), { clock });
    const inner = new EventLoop({ strategy, handlers: [new SleepHandler(clock)], instruments: [recorder] });
    function* innerMain() {
      yield* (yield* spawn(sleep(1), { name: 'inner child' })).join();
    }
    inner.runSync(innerMain);
    outer.loop.runSync(function* outerMain() {
      yield* spawn(pause(), { name: 'outer child' });
      clock.time += 1;
      inner.runSync(innerMain);
      clock.time += 1;
      yield* pause();
    });
    const { tracks } = outer.trace();
    const parents = tracks.slice(4).map(({ name, parent }) => `${parent!.name} > ${name}`);
    expect(parents).to.have.members([
      ...Array(2).fill(['loop > innerMain', 'innerMain > inner child']).flat(),
      'loop > outerMain',
      'outerMain > outer child',
    ]);
    const main = tracks.find(({ name }) => name === 'outerMain')!;
    const [start, end] = [1, 4];
    expect(main.slices.find(({ name }) => name === 'step')).to.deep.equal({ name: 'step', start, end, args: {} });
  });

  it('keeps the runs of several loops apart that sleep at the same time', async () => {
    const recorder = recording({ seconds: 10_000, mebibytes: records(2000) });
    await Promise.all(
      ['one', 'two', 'three'].map(name => {
        const strategy = new SetTimeoutStrategy(new PerformanceClock());
        const loop = new EventLoop({ strategy, handlers: [new SleepHandler(strategy.clock)], instruments: [recorder] });
        return loop.run(function* main() {
          yield* spawn(sleep(2), { name: `child of ${name}` });
          for (let n = 0; n < 5; n++) yield* sleep(1);
        });
      }),
    );
    const shown = decodeTrace(recorder.dump());
    const mains = ['one', 'two', 'three'].map(name => trackOf(shown, `child of ${name}`).parent!);
    expect(new Set(mains)).to.have.lengthOf(3);
    for (const main of mains) {
      expect(main.name).to.equal('main');
      expect(names(main.slices).filter(name => name === 'step')).to.have.lengthOf(6);
    }
  });

  it('shows each sleep once, also if others start and end runs meanwhile', () => {
    const clock = new VirtualClock();
    const recorder = recording({ clock, mebibytes: records(100) });
    const at = (time: number) => {
      clock.time = time;
      return recorder;
    };
    const [one, two] = [rootTask(1, 'one'), rootTask(1, 'two')];
    at(0).runStarted(one);
    at(1).sleepStarted(2);
    at(2).runStarted(two);
    at(3).sleepEnded();
    at(4).runEnded(two);
    at(5).sleepStarted(8);
    at(6).sleepEnded();
    at(6).runStarted(two);
    at(7).sleepStarted(Infinity);
    at(8).runEnded(two);
    at(9).sleepEnded();
    at(10).sleepStarted(Infinity);
    const { slices } = trackOf(decodeTrace(recorder.dump()), 'sleeps');
    expect(slices.map(({ start, end }) => `${start} to ${end}`)).to.deep.equal(['1 to 5', '5 to 6', '10 to undefined']);
    expect(slices[2]!.args).to.deep.equal({ until: 'woken' });
  });

  it('tells tasks apart after four billion of them', () => {
    const recorder = recording({ clock: new VirtualClock(), mebibytes: records(100) });
    const root = rootTask(2 ** 32 + 7, 'late');
    recorder.runStarted(root);
    recorder.taskReady(root, 'spawned');
    recorder.stepStarted(root);
    recorder.stepEnded(root);
    const late = trackOf(decodeTrace(recorder.dump()), 'late');
    expect(names(late.slices)).to.deep.equal(['ready', 'step']);
    expect(late.rank).to.equal(11);
  });

  it('knows what a step did that ran another loop', () => {
    const { loop, clock, recorder, trace } = recordedLoop();
    const strategy = Object.assign(new JumpStrategy(), { clock });
    const inner = new EventLoop({ strategy, handlers: [new SleepHandler(clock)], instruments: [recorder] });
    loop.runSync(function* main(): Coroutine<void, Spawn | SleepFor | Pause> {
      const child: Task = yield* spawn(function* cancelsItself(): Coroutine<void, SleepFor> {
        child.cancel();
        inner.runSync(sleep(1));
        yield* sleep(5);
      });
      yield* pause();
    });
    const { slices, instants } = trackOf(trace(), 'cancelsItself');
    expect(names(slices)).to.deep.equal(['ready', 'step', 'ready', 'step']);
    expect(slices[2]).to.deep.equal({ name: 'ready', start: 1, end: 1, args: { cause: 'cancelled' } });
    expect(instants.map(({ name, time }) => `${name} ${time}`)).to.deep.equal(['spawned 0', 'cancelled 1', 'ended 1']);
  });

  it('may be one of several whose dumps are in one file', () => {
    const files = ['one', 'two'].map(name => {
      const { loop, recorder } = recordedLoop({ name });
      loop.runSync(function* main() {
        yield* spawn(sleep(1), { name: `child of ${name}` });
      });
      return recorder.dump();
    });
    const { tracks } = decodeTrace(Uint8Array.from(files.flatMap(file => [...file])));
    for (const name of ['one', 'two']) {
      expect(tracks.find(track => track.name === `child of ${name}`)!.parent!.parent!.name).to.equal(name);
    }
  });

  it('writes a dump to a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'recorder-'));
    try {
      const { loop, recorder, clock } = recordedLoop();
      loop.runSync(sleep(1));
      recorder.dumpTo(join(folder, 'loop.pftrace'));
      expect([...readFileSync(join(folder, 'loop.pftrace'))]).to.deep.equal([...recorder.dump()]);
      expect(clock.time).to.equal(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is not disturbed by what events and names are', () => {
    const trap = () => expect.fail('looked at');
    class Nasty extends Signal {
      override toString = trap;
    }
    const nasty = Object.defineProperties(new Nasty(), { kind: { get: trap } });
    const { loop, recorder, handler, clock } = recordedLoop();
    let dump = new Uint8Array();
    loop.runSync(function* main() {
      yield* spawn(nasty, { name: `\ud800${'x'.repeat(1e5)}` });
      yield* sleep(1);
      dump = Uint8Array.from(recorder.dump());
      clock.time++;
      for (const waiter of handler.waiting.values()) waiter.resolve(undefined);
    });
    const { tracks } = decodeTrace(dump);
    expect(tracks.at(-1)!.name.length).to.be.lessThan(200);
    expect(tracks.at(-1)!.slices.at(-1)!.name).to.match(/^waits for /);
    expect(decodeTrace(recorder.dump()).tracks.at(-1)!.instants.at(-1)!.args.result).to.equal('succeeded');
  });

  it('refuses options that it cannot use', () => {
    const make = (options: unknown) => () => recording(options as RecordingOptions);
    expect(make(5)).to.throw('recording got 5, expected an object of options, like { seconds: 10 }');
    expect(make({ seconds: 0 })).to.throw('recording got 0 for `seconds`, expected seconds, above 0');
    expect(make({ mebibytes: Infinity })).to.throw('for `mebibytes`, expected MiB, above 0');
    expect(make({ slowStep: -1 })).to.throw('for `slowStep`, expected milliseconds, 0 or more');
    expect(make({ name: 5 })).to.throw('recording got 5, expected a string for `name`');
    expect(make({ dumped: 5 })).to.throw('recording got 5, expected a function that takes the dump for `dumped`');
    expect(make({ collectorPauses: 5 })).to.throw('a function that takes a listener for `collectorPauses`');
    expect(make({ clock: performance.now })).to.throw('for `clock`, expected a Clock, such as strategy.clock');
  });
});

describe('recordingModule', () => {
  it('records on the clock of the loop', () => {
    const recorder = recording();
    const loop = createLoop(virtualTimeModule, sleepModule, recordingModule(recorder));
    loop.runSync(function* main() {
      yield* sleep(3_600_000);
    });
    const main = trackOf(decodeTrace(recorder.dump()), 'main');
    expect(main.slices.at(-1)).to.deep.include({ name: 'step', start: 3_600_000 });
  });

  it('refuses a recorder of another loop, and what is no recorder', () => {
    const recorder = recording();
    createLoop(virtualTimeModule, recordingModule(recorder));
    const another = () => createLoop(virtualTimeModule, recordingModule(recorder));
    expect(another).to.throw('has the clock of another loop. Make one recorder for each loop');
    expect(() => recordingModule({} as typeof recorder)).to.throw('expected a recorder: recordingModule(recording())');
  });
});

describe('hostCollectorPauses', () => {
  it('tells nothing on a host that has nothing to tell', () => {
    const { PerformanceObserver } = globalThis;
    try {
      for (const missing of [undefined, { supportedEntryTypes: ['mark'] }]) {
        Object.assign(globalThis, { PerformanceObserver: missing });
        hostCollectorPauses(() => expect.fail('told'))();
      }
    } finally {
      Object.assign(globalThis, { PerformanceObserver });
    }
  });

  it('tells what the host reports, until a few turns after the end', async () => {
    type Entries = { getEntries(): object[] };
    let report: (entries: Entries) => void = () => expect.fail('nobody listens');
    let isConnected = false;
    class Observer {
      static readonly supportedEntryTypes = ['gc'];
      constructor(listener: (entries: Entries) => void) {
        report = listener;
      }
      observe(options: object) {
        expect(options).to.deep.equal({ entryTypes: ['gc'] });
        isConnected = true;
      }
      disconnect() {
        isConnected = false;
      }
    }
    const { PerformanceObserver } = globalThis;
    const told: CollectorPause[] = [];
    try {
      Object.assign(globalThis, { PerformanceObserver: Observer });
      const stop = hostCollectorPauses(pause => told.push(pause));
      report({
        getEntries: () => [
          { startTime: 1, duration: 2, detail: { kind: 4 } },
          { startTime: 5, duration: 1 },
        ],
      });
      stop();
      expect(isConnected).to.equal(true);
      while (isConnected) await new Promise(resolve => setImmediate(resolve));
    } finally {
      Object.assign(globalThis, { PerformanceObserver });
    }
    expect(told).to.deep.equal([
      { kind: 'major', start: 1, duration: 2 },
      { kind: 'other', start: 5, duration: 1 },
    ]);
  });
});

instrumentLaws({ describe, it }, { instrument: () => recording({ mebibytes: 0.1 }) });

// Types. The compiler checks what is never called.
export function types(clock: Clock, task: Task) {
  const recorder = recording({ seconds: 10, mebibytes: 16, clock, slowStep: 5 });
  const instrument: Instrument = recorder;
  const dump: Uint8Array = recorder.dump();
  // @ts-expect-error a number of seconds
  recording({ seconds: '10' });
  // @ts-expect-error a misspelt option
  recording({ second: 10 });
  // @ts-expect-error a recorder is made by `recording`
  recordingModule({});
  // @ts-expect-error the events of a recorded loop are those of its modules: a recorder adds none
  createLoop(virtualTimeModule, recordingModule(recorder)).run(sleep(5));
  return { instrument, dump, task, LoopEvent };
}
