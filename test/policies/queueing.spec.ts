import {
  type Distribution,
  exponential,
  hyperexponential,
  type JobClass,
  mean,
  runWorkload,
  type Workload,
  type WorkloadResult,
} from '@escapement/lab/internal';
import {
  EarliestDeadlineFirstPolicy,
  FairPolicy,
  FifoPolicy,
  LifoPolicy,
  PriorityPolicy,
  partitioned,
} from '@escapement/policies';
import { expect } from 'chai';
import { type Duration, SchedulingPolicy, type Task, TaskSlot } from 'escapement';
import { meanInterval } from './mean-interval.js';

// Policies against the formulas of queueing theory. Each figure is the mean of one run per seed; the formula must lie in the
// interval of 99.9 % confidence for the mean of all runs. The seeds are fixed, so each test has one outcome.
const SEEDS = Array.from({ length: Number(process.env.WORKLOAD_SEEDS ?? 20) }, (_, index) => index + 1);

type Make = () => SchedulingPolicy;
type Figure = (result: WorkloadResult) => number;

const meanWait: Figure = ({ waits }) => mean(waits);
const meanLatency: Figure = ({ latencies }) => mean(latencies);
const squaredWait: Figure = ({ waits }) => mean(waits.map(wait => wait * wait));

function constant(time: Duration): Distribution {
  return () => time;
}

function intervalOf(make: Make, workload: Omit<Workload, 'seed'>, figure: Figure) {
  return meanInterval(SEEDS.map(seed => figure(runWorkload(make(), { ...workload, seed }))));
}

/** The interval must also be narrow enough to tell something. */
function expectFormula(make: Make, workload: Omit<Workload, 'seed'>, figure: Figure, formula: number): void {
  const { low, high } = intervalOf(make, workload, figure);
  expect(formula, `[${low.toFixed(3)}, ${high.toFixed(3)}]`).to.be.within(low, high);
  expect((high - low) / formula, 'relative width of the interval').to.be.below(0.5);
}

function expectOther(make: Make, workload: Omit<Workload, 'seed'>, figure: Figure, formula: number): void {
  const { low, high } = intervalOf(make, workload, figure);
  expect(formula < low || formula > high, `${formula} is not in [${low.toFixed(3)}, ${high.toFixed(3)}]`).to.equal(
    true,
  );
}

const fifo = () => new FifoPolicy();
const lifo = () => new LifoPolicy();
const fair = () => new FairPolicy();
const priority = () => new PriorityPolicy({ ageing: Infinity });

const poisson = (rate: number) => exponential(1 / rate);
/** Jobs of one class that take 1 ms on average. */
const one = (rate: number, service = exponential(1), until = 4000): Omit<Workload, 'seed'> => ({
  classes: [{ name: 'job', arrivals: poisson(rate), service }],
  until,
});

/** Wrong for `fair`: it goes by what each job has had since its start, not by what it got beside the others. */
class LeastServed extends SchedulingPolicy {
  override readonly alias = 'least-served';
  readonly #got = new TaskSlot<Duration>();
  readonly #ready: Task[] = [];

  override add(task: Task): void {
    this.#ready.push(task);
  }

  override next(): Task | undefined {
    let least = 0;
    const got = (index: number) => this.#got.get(this.#ready[index]!) ?? 0;
    for (let index = 1; index < this.#ready.length; index++) if (got(index) < got(least)) least = index;
    return this.#ready.splice(least, 1)[0];
  }

  override stepEnded(task: Task, ranFor: Duration): void {
    this.#got.set(task, (this.#got.get(task) ?? 0) + ranFor);
  }
}

describe('a workload under a policy', function () {
  this.timeout(600_000);

  it('waits under fifo as M/M/1 and M/D/1 say', () => {
    const load = 0.6;
    expectFormula(fifo, one(load), meanWait, load / (1 - load));
    expectFormula(fifo, one(load, constant(1)), meanWait, load / (2 * (1 - load)));
    // Wrong service times are found out.
    expectOther(fifo, one(load, constant(1)), meanWait, load / (1 - load));
  });

  it('waits under priority as the formula of Cobham says, for each class', () => {
    const urgent: JobClass = { name: 'urgent', arrivals: poisson(0.3), service: exponential(1), priority: 1 };
    const other: JobClass = { name: 'other', arrivals: poisson(0.3), service: constant(1) };
    const workload = { classes: [other, urgent], until: 4000 };
    // Half of the sum of rate times mean square of the service times.
    const residual = (0.3 * 2 + 0.3 * 1) / 2;
    const ofUrgent: Figure = result => meanWait(result.ofClass('urgent'));
    const ofOther: Figure = result => meanWait(result.ofClass('other'));
    expectFormula(priority, workload, ofUrgent, residual / (1 - 0.3));
    expectFormula(priority, workload, ofOther, residual / ((1 - 0.3) * (1 - 0.6)));
    expectOther(fifo, workload, ofUrgent, residual / (1 - 0.3));
    expectOther(fifo, workload, ofOther, residual / ((1 - 0.3) * (1 - 0.6)));
  });

  it('waits under lifo as long as under fifo on average, with the larger variance that theory gives', () => {
    const load = 0.5;
    const workload = one(load, exponential(1), 10_000);
    expectFormula(lifo, workload, meanWait, load / (1 - load));
    const underFifo = (2 * load) / (1 - load) ** 2;
    expectFormula(fifo, workload, squaredWait, underFifo);
    expectFormula(lifo, workload, squaredWait, underFifo / (1 - load));
    expectOther(fifo, workload, squaredWait, underFifo / (1 - load));
  });

  it('takes under fair, in small steps, as long as processor sharing, whatever the distribution of the service times', () => {
    const load = 0.5;
    const mixed = hyperexponential(0.9, 0.5, 5.5);
    for (const service of [exponential(1), constant(1), mixed]) {
      expectFormula(fair, { ...one(load, service, 2000), slice: 0.05 }, meanLatency, 1 / (1 - load));
    }
    const workload = { ...one(load, mixed, 2000), slice: 0.05 };
    // Whole jobs in their order. (In small steps, under fifo they take turns, which is processor sharing.)
    expectOther(fifo, one(load, mixed, 2000), meanLatency, 1 / (1 - load));
    expectOther(() => new LeastServed(), { ...workload, until: 8000 }, meanLatency, 1 / (1 - load));
  });

  it('misses fewer deadlines under earliest-deadline-first than under fifo', () => {
    const classes: JobClass[] = [
      { name: 'short', arrivals: poisson(0.4), service: exponential(1), deadline: 4 },
      { name: 'long', arrivals: poisson(0.4), service: exponential(1), deadline: 40 },
    ];
    const missed: Figure = result => result.missed / result.jobs.length;
    const earliest = intervalOf(() => new EarliestDeadlineFirstPolicy(), { classes, until: 2000 }, missed);
    expect(earliest.high).to.be.below(intervalOf(fifo, { classes, until: 2000 }, missed).low);
  });

  it('is divided evenly under fair and partitioned, also if one class sends long jobs', () => {
    const classes: JobClass[] = [
      { name: 'light', arrivals: poisson(0.2), service: exponential(0.5), weight: 1 },
      { name: 'heavy', arrivals: poisson(0.1), service: exponential(7), weight: 1 },
    ];
    const workload = { classes, until: 4000, slice: 0.1 };
    const latency: Figure = result => meanLatency(result.ofClass('light'));
    const shared = () =>
      partitioned({ by: task => task.weight !== undefined, outer: () => new FairPolicy(), inner: fifo });
    const underFifo = intervalOf(fifo, { ...workload, slice: Infinity }, latency);
    for (const make of [fair, shared]) {
      // Alone with half of the thread, an M/M/1 queue of twice the service time, it would take this long at most.
      const { high } = intervalOf(make, workload, latency);
      expect(high).to.be.below(1 / (1 - 0.2) + 0.1);
      expect(high).to.be.below(underFifo.low);
    }
    const fairness: Figure = result => result.fairness;
    expect(intervalOf(fair, workload, fairness).low).to.be.above(
      intervalOf(fifo, { ...workload, slice: Infinity }, fairness).high,
    );
  });
});
