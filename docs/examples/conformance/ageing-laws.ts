import { describe, it } from 'node:test';
import { policyLaws } from '@escapement/conformance';
import { AgeingPolicy } from '../extending/ageing.js';

policyLaws(
  { describe, it },
  {
    policy: () => new AgeingPolicy({ patience: 10 }),
    ties: 'first-come',
    repeatable: true,
    // 20 steps until it counts as equal. Then those go first that had come before: the law has up to 20.
    fairness: { preferred: { priority: 1 }, neglected: { priority: -1 }, within: 40 },
  },
);
