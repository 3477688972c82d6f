import type { Row, Summary } from '@escapement/lab';

/** A row of which only the median is known, in microseconds; null: it failed. */
export function rowOfMedian(subject: string, setting: number, us: number | null): Row {
  return {
    subject: { name: subject, kind: 'strategy', waits: 'blocks', from: 'made up' },
    setting,
    label: `${setting} Hz`,
    cold: null,
    rounds: [],
    summary: us === null ? null : summaryOf(us),
    failure: us === null ? 'its process ended' : null,
  };
}

function summaryOf(us: number): Summary {
  return {
    count: 1,
    early: 0,
    missed: 0,
    us: { min: us, max: us, p50: { value: us, interval: null }, p90: null, p99: null, 'p99.9': null },
    roundMediansUs: [us],
    cpuPercent: null,
    cpuUsPerSample: null,
    coldP50Us: null,
    disturbance: {
      runQueueMs: 0,
      involuntarySwitches: 0,
      stealMs: 0,
      throttledMs: 0,
      gcMs: 0,
      roundsHit: 0,
    },
    figures: {},
  };
}
