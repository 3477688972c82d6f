import { instrumentLaws, type PolicyAdapter, policyLaws } from '@escapement/conformance';
import {
  EarliestDeadlineFirstPolicy,
  FairPolicy,
  FifoPolicy,
  LifoPolicy,
  PriorityPolicy,
  partitioned,
  ReadyWatch,
  SeededRandomPolicy,
} from '@escapement/policies';
import { PerformanceClock } from 'escapement';

const LAWFUL: Record<string, PolicyAdapter> = {
  lifo: { policy: () => new LifoPolicy(), ties: 'last-come', repeatable: true },
  priority: {
    policy: () => new PriorityPolicy({ ageing: 10 }),
    ties: 'first-come',
    repeatable: true,
    // 18 priorities of 10 steps each, and the tasks that are ready.
    fairness: { preferred: { priority: 9 }, neglected: { priority: -9 }, within: 18 * 10 + 40 },
  },
  'earliest-deadline-first': {
    policy: () => new EarliestDeadlineFirstPolicy(),
    ties: 'first-come',
    repeatable: true,
  },
  fair: {
    policy: () => new FairPolicy(),
    ties: 'first-come',
    repeatable: true,
    fairness: { preferred: {}, neglected: {}, within: 40 },
  },
  'seeded-random': { policy: () => new SeededRandomPolicy({ seed: 3 }), repeatable: true },
  partitioned: {
    policy: () =>
      partitioned({
        by: task => task.weight !== undefined,
        outer: () => new FairPolicy(),
        inner: () => new FifoPolicy(),
      }),
    repeatable: true,
  },
};

describe('the laws of policies', () => {
  for (const [name, adapter] of Object.entries(LAWFUL)) {
    describe(`of ${name}`, () => policyLaws({ describe, it }, adapter));
  }
});

describe('the laws of instruments, of a watch of ready tasks', () => {
  instrumentLaws({ describe, it }, { instrument: () => new ReadyWatch(new PerformanceClock()) });
});
