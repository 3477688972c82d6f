import { describe, it } from 'node:test';
import { policyLaws } from '@escapement/conformance';
import { BackgroundLastPolicy } from './background-last-policy.js';

policyLaws(
  { describe, it },
  {
    policy: () => new BackgroundLastPolicy({ patience: 20 }),
    ties: 'first-come',
    repeatable: true,
    fairness: { preferred: { priority: 0 }, neglected: { priority: -1 }, within: 21 },
  },
);
