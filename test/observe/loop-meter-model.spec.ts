import { type DurationHistogram, LoopMeter } from '@escapement/observe';
import { expect } from 'chai';
import { FifoPolicy, type Instant, type Instrument, type LoopWarning, SchedulingPolicy, type Task } from 'escapement';
import fc from 'fast-check';
import { SignalHandler } from '../support/signal-event.js';
import { JumpStrategy, type VirtualClock, virtualLoopOf } from '../support/virtual-loop.js';
import { type Action, perform, randomWork } from './random-work.js';

// Random programs in virtual time, under two policies: what the meter measured is what an observer counted that keeps everything.

/** Wakes up early or late, as it is told. */
class UnpunctualStrategy extends JumpStrategy {
  constructor(private readonly lateness: readonly number[]) {
    super();
  }

  override sleep(until: Instant): void {
    const late = this.lateness[this.sleeps.length % this.lateness.length]!;
    super.sleep(Math.max(until + late, this.clock.time));
  }
}

class LastFirst extends SchedulingPolicy {
  override readonly alias = 'last-first';
  readonly #ready: Task[] = [];

  override add(task: Task): void {
    this.#ready.push(task);
  }

  override next(): Task | undefined {
    return this.#ready.pop();
  }
}

/** Its polls take time. */
class SlowHandler extends SignalHandler {
  constructor(
    private readonly clock: VirtualClock,
    private readonly cost: number,
  ) {
    super();
  }

  override poll(): void {
    this.clock.time += this.cost;
  }
}

class NaiveObserver implements Instrument {
  readonly steps: Task[] = [];
  readonly readyDelays: number[] = [];
  readonly stepDurations: number[] = [];
  readonly overshoots: number[] = [];
  readonly sleeps: number[] = [];
  readonly tasks: Task[] = [];
  readonly codes: string[] = [];
  readonly #readySince = new Map<Task, Instant>();
  /** When the last step or sleep began or ended. */
  #known: Instant = 0;
  #isAsleep = false;
  #until: Instant = 0;

  constructor(private readonly clock: VirtualClock) {}

  runStarted(): void {
    this.#known = this.clock.time;
  }

  taskSpawned(task: Task): void {
    this.tasks.push(task);
  }

  taskReady(task: Task): void {
    this.#readySince.set(task, this.#isAsleep ? this.clock.time : this.#known);
  }

  stepStarted(task: Task): void {
    this.steps.push(task);
    this.readyDelays.push(this.clock.time - this.#readySince.get(task)!);
    this.#known = this.clock.time;
  }

  stepEnded(): void {
    this.stepDurations.push(this.clock.time - this.#known);
    this.#known = this.clock.time;
  }

  sleepStarted(until: Instant): void {
    this.#isAsleep = true;
    this.#known = this.clock.time;
    this.#until = until;
  }

  sleepEnded(): void {
    const now = this.clock.time;
    this.sleeps.push(now - this.#known);
    if (this.#until > this.#known && now >= this.#until) this.overshoots.push(now - this.#until);
    this.#isAsleep = false;
    this.#known = now;
  }

  warned({ code }: LoopWarning): void {
    this.codes.push(code);
  }

  count(state: string): number {
    return this.tasks.filter(task => task.result.state === state).length;
  }
}

function expectHistogram(histogram: DurationHistogram, durations: readonly number[], what: string): void {
  expect(histogram.count, what).to.equal(durations.length);
  expect(histogram.sum, what).to.equal(sumOf(durations));
  expect(histogram.max, what).to.equal(Math.max(0, ...durations));
  let counted = 0;
  for (const { below, count } of histogram.buckets) {
    counted += count;
    expect(
      durations.filter(one => one < below),
      what,
    ).to.have.lengthOf(counted);
  }
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}

function expectSameAsNaive(
  work: readonly Action[][],
  policy: SchedulingPolicy,
  lateness: readonly number[],
  pollCost = 0,
): void {
  const strategy = new UnpunctualStrategy(lateness);
  const naive = new NaiveObserver(strategy.clock);
  const instruments = [naive, new LoopMeter(strategy.clock)];
  const handlers = [new SlowHandler(strategy.clock, pollCost)];
  const { loop } = virtualLoopOf(strategy, { instruments, handlers, policy });
  for (const body of work) {
    try {
      loop.runSync(perform(body, strategy.clock));
    } catch {}
    const metrics = loop.metrics();
    const { steps, codes } = naive;
    expect(metrics).to.include({
      steps: steps.length,
      switches: steps.filter((task, index) => task !== steps[index - 1]).length,
      sleeps: naive.sleeps.length,
      sleptFor: sumOf(naive.sleeps),
      crashes: 0,
    });
    expect(metrics.tasks).to.deep.equal({
      spawned: naive.tasks.length,
      succeeded: naive.count('succeeded'),
      failed: naive.count('failed'),
      cancelled: naive.count('cancelled'),
    });
    expect(Object.entries(metrics.warnings!)).to.have.deep.members(
      [...new Set(codes)].map(code => [code, codes.filter(one => one === code).length]),
    );
    expectHistogram(metrics.readyDelay!, naive.readyDelays, 'readyDelay');
    expectHistogram(metrics.stepDuration!, naive.stepDurations, 'stepDuration');
    expectHistogram(metrics.overshoot!, naive.overshoots, 'overshoot');
  }
}

describe('the metrics of random programs', function () {
  this.timeout(20_000);
  const lateness = fc
    .array(fc.integer({ min: -2, max: 5 }), { minLength: 1, maxLength: 9 })
    .filter(all => all.some(late => late >= 0));
  const policies = fc.constantFrom(
    () => new FifoPolicy(),
    () => new LastFirst(),
  );

  it('are what a naive observer counts, in two runs of one loop', () => {
    fc.assert(
      fc.property(fc.tuple(randomWork, randomWork), policies, lateness, fc.nat(3), (work, makePolicy, late, cost) => {
        expectSameAsNaive(work, makePolicy(), late, cost);
      }),
      { numRuns: 60 },
    );
  });

  it('are what a naive observer counts when hundreds of tasks are ready at once, oldest or newest first', () => {
    const one: Action[] = [{ do: 'work', ms: 1 }, { do: 'pause' }, { do: 'work', ms: 2 }];
    const many = Array.from({ length: 600 }, (): Action => ({ do: 'spawn', body: one }));
    for (const policy of [new FifoPolicy(), new LastFirst()]) expectSameAsNaive([many], policy, [0]);
  });
});
