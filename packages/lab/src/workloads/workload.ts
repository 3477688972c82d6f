import { VirtualClock, VirtualTimeStrategy } from '@escapement/virtual-time';
import type { Clock, SchedulingPolicy, SpawnOptions } from 'escapement';
import { type Coroutine, type Duration, EventLoop, type Instant, type Pause, pause, spawn } from 'escapement';
import { type Random, seededRandom } from '../statistics/random.js';
import { Arrival, ArrivalHandler } from './arrivals.js';
import type { Distribution } from './distributions.js';

/** Jobs of one kind. */
export interface JobClass {
  /** For `ofClass`. */
  readonly name: string;
  /** The times between two arrivals. */
  readonly arrivals: Distribution;
  /** The times that the jobs take. */
  readonly service: Distribution;
  /** `SpawnOptions.priority` of its tasks. */
  readonly priority?: number;
  /** Of all jobs of the class together. */
  readonly weight?: number;
  /** Counted from a job's arrival. */
  readonly deadline?: Duration;
}

/** Which jobs arrive, and for how long. */
export interface Workload {
  /** Their jobs arrive independently of each other. */
  readonly classes: readonly JobClass[];
  /** Jobs arrive from 0 until then; those of the first and of the last tenth are not in the result. */
  readonly until: Instant;
  /** The longest time that a job takes in one step; `Infinity` by default. */
  readonly slice?: Duration;
  /** With the same seed, the same jobs arrive at the same instants. */
  readonly seed: number;
}

/** What became of a job. */
export interface Job {
  /** Of which kind it is. */
  readonly class: JobClass;
  /** When it became ready. */
  readonly arrivedAt: Instant;
  /** How long it takes, if nothing else runs. */
  readonly service: Duration;
  /** `Infinity` if its class has none. */
  readonly deadline: Instant;
  /** When its first step began. */
  startedAt: Instant;
  /** When its last step ended. */
  endedAt: Instant;
}

/**
 * Runs the jobs of `workload` under a policy in virtual time: steps take time on the virtual clock alone.
 * @param given the policy, or what makes one that goes by the loop's clock
 */
export function runWorkload(
  given: SchedulingPolicy | ((clock: Clock) => SchedulingPolicy),
  { classes, until, slice, seed }: Workload,
): WorkloadResult {
  const clock = new VirtualClock();
  const policy = typeof given === 'function' ? given(clock) : given;
  const arrivals = new ArrivalHandler();
  const loop = new EventLoop({ strategy: new VirtualTimeStrategy(clock), handlers: [arrivals], policy });
  const random = seededRandom(seed);
  const jobs = classes.map(each => jobsOf(each, until, random));

  function* work(job: Job): Coroutine<void, Arrival | Pause> {
    yield* new Arrival(job.arrivedAt);
    job.startedAt = clock.now();
    for (let left = job.service; ; yield* pause()) {
      const time = Math.min(left, slice ?? Infinity);
      clock.advanceTo(clock.now() + time);
      arrivals.poll(clock.now());
      left -= time;
      if (left <= 0) break;
    }
    job.endedAt = clock.now();
  }

  loop.runSync(function* () {
    for (const [index, { name, weight, priority }] of classes.entries()) {
      const body = function* () {
        for (const job of jobs[index]!) yield* spawn(work(job), hints({ priority, deadline: job.deadline }));
      };
      yield* spawn(body, { name, weight });
    }
  });
  const isInside = ({ arrivedAt }: Job) => arrivedAt >= until / 10 && arrivedAt < until - until / 10;
  return new WorkloadResult(jobs.flat().filter(isInside));
}

function hints({ priority, deadline }: SpawnOptions): SpawnOptions {
  return { priority, deadline };
}

function jobsOf(jobClass: JobClass, until: Instant, random: Random): Job[] {
  const jobs: Job[] = [];
  for (let at = jobClass.arrivals(random); at < until; at += jobClass.arrivals(random)) {
    const deadline = at + (jobClass.deadline ?? Infinity);
    jobs.push({
      class: jobClass,
      arrivedAt: at,
      service: jobClass.service(random),
      deadline,
      startedAt: 0,
      endedAt: 0,
    });
  }
  return jobs;
}

/** What came of the jobs of all classes, or of one. */
export class WorkloadResult {
  /** @param jobs those that are counted */
  constructor(readonly jobs: readonly Job[]) {}

  /** What came of the jobs of one class. */
  ofClass(name: string): WorkloadResult {
    return new WorkloadResult(this.jobs.filter(job => job.class.name === name));
  }

  /** From a job's arrival to its first step. */
  get waits(): Duration[] {
    return this.jobs.map(({ arrivedAt, startedAt }) => startedAt - arrivedAt);
  }

  /** From a job's arrival to its end. */
  get latencies(): Duration[] {
    return this.jobs.map(({ arrivedAt, endedAt }) => endedAt - arrivedAt);
  }

  /** How many jobs ended after their deadline. */
  get missed(): number {
    return this.jobs.filter(({ deadline, endedAt }) => endedAt > deadline).length;
  }

  /** Jain's index of the classes' mean slowdowns: the latency of a job divided by the time that it takes. */
  get fairness(): number {
    const names = [...new Set(this.jobs.map(job => job.class.name))];
    const slowdown = ({ arrivedAt, endedAt, service }: Job) => (endedAt - arrivedAt) / service;
    return jain(names.map(name => mean(this.ofClass(name).jobs.map(slowdown))));
  }
}

/** Jain's index of fairness: 1 if all are equal, 1 / n if one has everything. */
export function jain(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  const squares = values.reduce((total, value) => total + value * value, 0);
  return (sum * sum) / (values.length * squares);
}

/** The sum, divided by how many there are: NaN of no values. */
export function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
