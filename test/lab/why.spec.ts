import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as letHostRun } from 'node:timers/promises';
import type { LateTick, Results, Row } from '@escapement/lab';
import {
  type CollectorPause,
  explain,
  LateRecorder,
  type LateWanted,
  lateTickStory,
  untilLateStory,
} from '@escapement/lab/internal';
import { PriorityPolicy } from '@escapement/policies';
import { VirtualClock, VirtualTimeStrategy } from '@escapement/virtual-time';
import { expect } from 'chai';
import {
  BusyWaitStrategy,
  type Coroutine,
  type Duration,
  EventLoop,
  FifoPolicy,
  type Instant,
  type LoopEvent,
  now,
  type Pause,
  PerformanceClock,
  pause,
  type SchedulingPolicy,
  SleepHandler,
  type SleepStrategy,
  sleepUntil,
  spawn,
} from 'escapement';
import { runLab } from './run-lab.js';

const ALL: LateWanted = { beyond: 0, keep: 'latest' };

/** What happens to the sleepers of a loop in virtual time. */
interface Delays {
  readonly oversleeps?: Duration;
  readonly pollTakes?: Duration;
  readonly noCore?: () => Duration | null;
  readonly wanted?: LateWanted;
  readonly policy?: SchedulingPolicy;
}

class Stage {
  readonly clock = new VirtualClock();
  readonly recorder: LateRecorder;
  readonly #loop;

  constructor({
    oversleeps = 0,
    pollTakes = 0,
    noCore = () => null,
    wanted = ALL,
    policy = new FifoPolicy(),
  }: Delays = {}) {
    const clock = this.clock;
    const strategy = new VirtualTimeStrategy(clock);
    const sleep = strategy.sleep.bind(strategy);
    strategy.sleep = (until, wakeup) => {
      sleep(until, wakeup);
      clock.advanceTo(until + oversleeps);
    };
    const handler = new SleepHandler(clock);
    const poll = handler.poll.bind(handler);
    handler.poll = (instant: Instant) => {
      if (handler.nextDeadline() <= instant) this.work(pollTakes);
      poll(instant);
    };
    this.recorder = new LateRecorder(clock, wanted, noCore);
    this.#loop = new EventLoop({
      strategy: strategy as SleepStrategy,
      handlers: [handler],
      policy,
      instruments: [this.recorder],
    });
  }

  work(duration: Duration): void {
    this.clock.advanceTo(this.clock.now() + duration);
  }

  /** What was late, but for the coarse figures of the clock of the host. */
  explained(program: () => Coroutine<unknown, LoopEvent>, pauses: readonly CollectorPause[] = []): LateTick[] {
    this.#loop.runSync(program as never);
    return this.recorder.take().map(wake => explain({ ...wake, hostOffset: 0 }, pauses, 0));
  }
}

function partsOf({ ownUs, strategyUs, handlerUs, queueUs, gcUs, machineUs }: LateTick) {
  return { ownUs, strategyUs, handlerUs, queueUs, gcUs, machineUs };
}

function expectWhole(tick: LateTick): void {
  const sum = Object.values(partsOf(tick)).reduce<number>((total, us) => total + (us ?? 0), 0);
  expect(sum).to.be.closeTo(tick.lateUs, 0.01);
}

const NOTHING = { ownUs: 0, strategyUs: 0, handlerUs: 0, queueUs: 0, gcUs: 0, machineUs: null };

function* sleeper() {
  yield* sleepUntil(10);
}

describe('why a sleeper is late', () => {
  it('is the strategy if that oversleeps', () => {
    const [tick, ...others] = new Stage({ oversleeps: 3 }).explained(sleeper);
    expect(others).to.deep.equal([]);
    expect(tick).to.deep.include({ at: 10, task: 'sleeper', lateUs: 3000, after: null, ran: [] });
    expect(partsOf(tick!)).to.deep.equal({ ...NOTHING, strategyUs: 3000 });
  });

  it('is the handler if its poll takes long', () => {
    const [tick] = new Stage({ oversleeps: 0.5, pollTakes: 2 }).explained(sleeper);
    expect(tick!.lateUs).to.equal(2500);
    expect(partsOf(tick!)).to.deep.equal({ ...NOTHING, strategyUs: 500, handlerUs: 2000 });
  });

  it('is the queue if other tasks run first, and they are named', () => {
    const stage = new Stage();
    const [tick] = stage.explained(function* () {
      yield* spawn(sleeper);
      for (const [name, duration] of [
        ['long', 8],
        ['longer', 9],
        ['short', 1],
      ] as const) {
        yield* spawn(
          function* () {
            stage.work(duration);
          },
          { name },
        );
      }
    });
    // 18 ms of work from 0; it was due at 10.
    expect(tick).to.deep.include({ lateUs: 8000, after: 'short' });
    expect(tick!.ran).to.deep.equal([
      { task: 'longer', us: 7000, steps: 1 },
      { task: 'short', us: 1000, steps: 1 },
    ]);
    expect(partsOf(tick!)).to.deep.equal({ ...NOTHING, queueUs: 8000 });
  });

  it('is the task itself if that is still busy', () => {
    const stage = new Stage();
    const ticks = stage.explained(function* () {
      yield* sleepUntil(10);
      stage.work(15);
      yield* sleepUntil(20);
    });
    expect(ticks.map(({ at, lateUs }) => [at, lateUs])).to.deep.equal([[20, 5000]]);
    expect(partsOf(ticks[0]!)).to.deep.equal({ ...NOTHING, ownUs: 5000 });
  });

  it('is the collector where that paused, whatever the loop did then', () => {
    const stage = new Stage({ oversleeps: 3, pollTakes: 2 });
    // From before the deadline into the sleep, across the end of the sleep, and after all.
    const pauses = [
      [8, 2.5],
      [12.5, 1.5],
      [40, 7],
    ].map(([startTime, duration]) => ({ startTime: startTime!, duration: duration! }));
    const [tick] = stage.explained(sleeper, pauses);
    expect(partsOf(tick!)).to.deep.equal({ ...NOTHING, strategyUs: 2000, handlerUs: 1000, gcUs: 2000 });
  });

  it('is the machine where the thread had no core, but no longer than it was late', () => {
    let noCore = 0;
    const stage = new Stage({ oversleeps: 3, noCore: () => noCore });
    const [first, second] = stage.explained(function* () {
      yield* spawn(function* () {
        noCore += 2;
      });
      yield* sleepUntil(10);
      noCore += 50;
      yield* sleepUntil(20);
    });
    expect(partsOf(first!)).to.deep.equal({ ...NOTHING, strategyUs: 1000, machineUs: 2000 });
    expect(partsOf(second!)).to.deep.equal({ ...NOTHING, machineUs: 3000 });
  });

  it('does not count a sleeper that was cancelled', () => {
    const stage = new Stage();
    const ticks = stage.explained(function* () {
      const task = yield* spawn(sleeper);
      yield* pause();
      stage.work(30);
      task.cancel();
    });
    expect(ticks).to.deep.equal([]);
  });

  it('keeps the latest twenty, or the first', () => {
    const program = (stage: Stage) =>
      function* () {
        for (let n = 1; n <= 30; n++) {
          const start = stage.clock.now();
          yield* spawn(
            (function* (): Coroutine<void, Pause> {
              stage.work(100 + n);
            })(),
          );
          yield* sleepUntil(start + 100);
        }
      };
    const latest = new Stage();
    expect(latest.explained(program(latest)).map(({ lateUs }) => lateUs / 1000)).to.deep.equal(
      Array.from({ length: 20 }, (_, n) => n + 11),
    );
    const first = new Stage({ wanted: { beyond: 7, keep: 'first' } });
    expect(first.explained(program(first)).map(({ lateUs }) => lateUs)).to.deep.equal([8000]);
  });

  it('adds up even if more happened than is kept', () => {
    const stage = new Stage({ policy: new PriorityPolicy({ ageing: Infinity }) });
    const [tick] = stage.explained(function* () {
      yield* spawn(sleeper);
      yield* sleepUntil(5);
      yield* spawn(
        function* busy() {
          for (let n = 0; n < 50_000; n++) {
            stage.work(0.001);
            yield* pause();
          }
        },
        { priority: 1 },
      );
    });
    expect(tick!.lateUs).to.be.above(30_000);
    expectWhole(tick!);
    expect(tick!.queueUs).to.be.closeTo(tick!.lateUs, 0.01);
  });

  it('is told in real time, too: a collection that a task forces', async function () {
    if (gc === undefined) this.skip();
    const observer = new PerformanceObserver(() => {});
    observer.observe({ entryTypes: ['gc'] });
    const clock = new PerformanceClock();
    const recorder = new LateRecorder(clock, ALL, () => null);
    const strategy = new BusyWaitStrategy(clock);
    const loop = new EventLoop({ strategy, handlers: [new SleepHandler(clock)], instruments: [recorder] });
    loop.runSync(function* () {
      const start = yield* now();
      yield* spawn(function* waste() {
        const end = performance.now() + 2;
        gc!();
        while (performance.now() < end);
      });
      yield* sleepUntil(start + 0.01);
    });
    await letHostRun();
    const [tick] = recorder.take().map(wake => explain(wake, observer.takeRecords(), 0));
    observer.disconnect();
    expectWhole(tick!);
    expect(tick!.gcUs).to.be.above(100);
    expect(tick).to.deep.include({ after: 'waste' });
  });
});

describe('the story of a late tick', () => {
  const tick: LateTick = {
    at: 104,
    task: 'ticker',
    lateUs: 2310,
    ownUs: 0,
    strategyUs: 61.2,
    handlerUs: 3.1,
    queueUs: 135.7,
    gcUs: 0,
    machineUs: 2110,
    after: 'report',
    ran: [{ task: 'report', us: 120, steps: 2 }],
  };
  const disturbance = { runQueueMs: 3.4, involuntarySwitches: 12, stealMs: 0, throttledMs: null, gcMs: 0.2 };
  const row = {
    subject: { name: 'nap' },
    label: '1000 Hz',
    why: { ticks: 1234, beyondUs: 2000, late: [tick], disturbance },
  } as unknown as Row;
  const results = (rows: readonly Row[]) =>
    ({ parameters: { untilLateMs: 2 }, scenarios: [{ rows }] }) as unknown as Results;

  it('has the parts in order, what ran before, what the machine did, and what to do', () => {
    expect(lateTickStory(row, tick, disturbance)).to.equal(
      [
        'nap at 1000 Hz: task "ticker" woke 2.31 ms late.',
        'The tick was due 104 ms after its round had begun. Since then:',
        '',
        '  itself          0.0 us    0 %  the task was still busy when the tick was due',
        '  strategy       61.2 us    3 %  it slept on after the deadline',
        "  handler         3.1 us    0 %  the loop's own work, up to the settled wait",
        '  queue         135.7 us    6 %  other tasks ran, or it waited for its turn',
        '  collector       0.0 us    0 %  garbage was collected',
        '  machine        2.11 ms   91 %  ready to run, but without a core',
        '',
        'Before it ran "report" (120.0 us in 2 steps); last of all "report".',
        'In the whole round: 3.4 ms ready without a core, 12 involuntary switches, 0.2 ms of garbage collection.',
        'The machine ran something else. A core of its own or the class SCHED_FIFO prevents that; no strategy can.',
      ].join('\n'),
    );
  });

  it('says so where the system does not tell', () => {
    const silent = { runQueueMs: null, involuntarySwitches: null, stealMs: null, throttledMs: null, gcMs: null };
    const text = lateTickStory(row, { ...tick, machineUs: null, queueUs: 2245.7, after: null, ran: [] }, silent);
    expect(text).to.match(/machine +not told {9}ready/);
    expect(text).to.include('No other task ran').and.include('The system tells nothing of the machine.');
    expect(text).to.match(/Make the steps of the tasks/);
  });

  it('says how many ticks were watched, late or not', () => {
    expect(untilLateStory(results([row]))).to.match(
      /^The first of 1,234 ticks that was more than 2.00 ms late:\n\nnap at/,
    );
    const quiet = { ...row, why: { ...row.why!, late: [] } };
    expect(untilLateStory(results([quiet]))).to.equal('None of 1,234 ticks was more than 2.00 ms late.');
    expect(untilLateStory(results([]))).to.match(/^No tick was watched/);
  });
});

describe('escapement-lab', () => {
  it('ends with the story of the first late tick', async () => {
    const args = ['--quick', '--strategy', 'atomics-wait', '--rate', '1000', '--no-baselines', '--until-late', '1us'];
    const { status, stdout } = await runLab(...args);
    expect(status).to.equal(0);
    expect(stdout).to.match(
      /The first of \d+ ticks that was more than 1\.0 us late:\n\natomics-wait at 1000 Hz: task /,
    );
  });

  it('says that no tick was so late', async () => {
    const args = [
      '--quick',
      '--strategy',
      'atomics-wait',
      '--rate',
      '1000',
      '--no-baselines',
      '--rounds',
      '1',
      '--until-late',
      '30s',
    ];
    expect((await runLab(...args)).stdout).to.match(/None of \d+ ticks was more than 30,000\.00 ms late\./);
  });
});
