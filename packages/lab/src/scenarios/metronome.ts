import { defineScenario } from './scenario.js';
import { ticking } from './ticking.js';

/** Ticks of a fixed rate, open loop: what a user of a timer gets. */
export const metronome = defineScenario({
  name: 'metronome',
  title: 'Ticks on a schedule that is fixed beforehand (open loop)',
  samples: 'lateness',
  explanation:
    'Lateness counts from the schedule: a tick that is held up also delays those behind it, as in a product. A tick is missed if it is over only when the next one is due.',
  parameter: {
    name: 'rate',
    unit: 'Hz',
    values: [100, 1000],
    quick: [1000],
    warmUp: 10_000,
    check: rate => (rate >= 0.1 && rate <= 10_000 ? undefined : 'expected a rate from 0.1 to 10000 Hz'),
    leastMs: rate => 1000 / rate,
  },
  hasSleepers: true,
  roundMs: { whole: 120, quick: 40 },
  prepare: (subject, rate) => ticking(subject, 1000 / rate, 'open'),
});
