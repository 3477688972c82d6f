import { type Duration, hostTurn, type Instant } from '@escapement/core';

/** A pause of the garbage collector, in which no JavaScript ran. */
export interface CollectorPause {
  /** What was collected: `'minor'` is the young generation, `'major'` everything. */
  readonly kind: 'minor' | 'major' | 'incremental' | 'weak callbacks' | 'other';
  /** In milliseconds on the clock of the loop. */
  readonly start: Instant;
  /** In milliseconds. */
  readonly duration: Duration;
}

/**
 * Tells of the pauses of the garbage collector: calls `listener` with each, then or some time later.
 * @returns a function that ends this
 */
export type CollectorPauses = (listener: (pause: CollectorPause) => void) => () => void;

/** @internal By number, as records store them. */
export const COLLECTION_KINDS: readonly CollectorPause['kind'][] = [
  'minor',
  'major',
  'incremental',
  'weak callbacks',
  'other',
];

/** Node's `NODE_PERFORMANCE_GC_...`. */
const KINDS: Readonly<Record<number, CollectorPause['kind']>> = {
  1: 'minor',
  2: 'minor',
  4: 'major',
  8: 'incremental',
  16: 'weak callbacks',
};

/** What is used of a host. The types of Node 20 lack some of it. */
interface Host {
  readonly PerformanceObserver?: {
    readonly supportedEntryTypes?: readonly string[];
    new (listener: (list: { getEntries(): readonly Entry[] }) => void): Observer;
  };
}

interface Entry {
  readonly startTime: Instant;
  readonly duration: Duration;
  readonly detail?: { readonly kind?: number };
}

interface Observer {
  observe(options: { entryTypes: readonly string[] }): void;
  disconnect(): void;
}

/**
 * The pauses that the host reports, on the scale of `performance.now()`. The host tells of them when it runs: under a strategy
 * that spins or blocks, that is after the run. Tells nothing on a host without the entry type `'gc'`.
 *
 * @example const recorder = recording({ collectorPauses: hostCollectorPauses });
 */
export const hostCollectorPauses: CollectorPauses = listener => {
  const { PerformanceObserver } = globalThis as Host;
  if (!PerformanceObserver?.supportedEntryTypes?.includes('gc')) return () => {};
  const observer = new PerformanceObserver(list => {
    for (const { startTime, duration, detail } of list.getEntries()) {
      listener({ kind: KINDS[detail?.kind ?? 0] ?? 'other', start: startTime, duration });
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  // What has happened up to now is told in the next turns.
  return () =>
    void hostTurn()
      .then(hostTurn)
      .then(() => observer.disconnect());
};
