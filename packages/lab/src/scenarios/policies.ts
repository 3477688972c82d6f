import type { PolicySubject } from '../subjects/subject.js';
import { exponential, hyperexponential } from '../workloads/distributions.js';
import { type JobClass, runWorkload, type WorkloadResult } from '../workloads/workload.js';
import { defineScenario, type Measurement } from './scenario.js';

/** In virtual milliseconds. */
const UNTIL = 10_000;
const SLICE = 1;

/** Half of the load is short and urgent, the other half is long. */
function classesFor(load: number): JobClass[] {
  const half = load / 200;
  return [
    { name: 'urgent', arrivals: exponential(1 / half), service: exponential(1), priority: 1, weight: 1, deadline: 10 },
    { name: 'long', arrivals: exponential(10 / half), service: hyperexponential(0.9, 5, 55), weight: 1, deadline: 200 },
  ];
}

/** Jobs under each scheduling policy, in virtual time. */
export const policies = defineScenario({
  name: 'policies',
  title: 'Urgent and long jobs under each scheduling policy (virtual time)',
  samples: 'latency',
  explanation:
    'Urgent jobs of 1 ms arrive at random, and long ones of 10 ms; each kind is half of the load. Latency counts from the arrival of a job to its end, in virtual time: the machine has no part in it. Fairness is 1 if both kinds are slowed down alike.',
  parameter: {
    name: 'load',
    unit: '%',
    values: [60, 90],
    quick: [90],
    // No round is shorter, and a cold one tells nothing.
    leastMs: () => 150,
    check: load => (load >= 1 && load <= 150 ? undefined : 'expected a load from 1 to 150 %'),
  },
  measures: ['policy'],
  prepare: (subject, load) => simulation(subject as PolicySubject, load),
});

function simulation(subject: PolicySubject, load: number): Measurement {
  const classes = classesFor(load);
  return async ({ mostSamples, seed, measured }) => {
    let result: WorkloadResult | undefined;
    await measured(() => {
      result = runWorkload(clock => subject.createPolicy(clock), { classes, until: UNTIL, slice: SLICE, seed });
    });
    const jobs = [...result!.jobs].sort((a, b) => a.endedAt - b.endedAt).slice(0, mostSamples);
    return {
      samplesUs: jobs.map(({ arrivedAt, endedAt }) => (endedAt - arrivedAt) * 1000),
      figures: Object.assign(
        { fairness: result!.fairness },
        ...classes.map(({ name }) => figuresOf(result!.ofClass(name), name)),
      ),
    };
  };
}

function figuresOf(result: WorkloadResult, name: string): Record<string, number> {
  const latencies = result.latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)]!;
  return {
    [`${name} p50 ms`]: at(0.5),
    [`${name} p95 ms`]: at(0.95),
    [`${name} missed %`]: (100 * result.missed) / latencies.length,
  };
}
