import { defineScenario } from './scenario.js';
import { ticking } from './ticking.js';

/** One day, in milliseconds: longer sleeps would need a longer run. */
const LONGEST = 86_400_000;

/** Sleeps one after the other, closed loop: how late a single sleep ends. */
export const lateness = defineScenario({
  name: 'lateness',
  title: 'Sleeps one after the other (closed loop)',
  samples: 'lateness',
  explanation:
    'Each sleep starts when the one before has ended, so what holds up one sleep is forgotten by the next. It shows the wait itself; for what a user gets, see the metronome.',
  parameter: {
    name: 'sleep',
    unit: 'ms',
    values: [0.1, 1, 5, 16.7],
    quick: [0.1, 5],
    warmUp: 0.1,
    check: sleep => (sleep > 0 && sleep <= LONGEST ? undefined : 'expected milliseconds above 0, at most a day'),
    leastMs: sleep => sleep,
  },
  hasSleepers: true,
  roundMs: { whole: 60, quick: 25 },
  prepare: (subject, duration) => ticking(subject, duration, 'closed'),
});
