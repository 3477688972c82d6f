import type { Machine } from '@escapement/lab';
import type { CrowdRow } from './measuring/crowd.js';
import type { IdleRow } from './measuring/idle.js';
import type { OpenLoopRow } from './measuring/open-loop.js';
import type { ThroughputRow } from './measuring/throughput.js';
import type { Skipped } from './processes/server.js';

export const PARTS = ['throughput', 'latency', 'idle', 'crowd'] as const;
export type Part = (typeof PARTS)[number];

/** What `--json` writes. A part that was not measured is empty. */
export interface IoResults {
  readonly schema: 1;
  readonly date: string;
  readonly machine: Machine;
  readonly parameters: IoParameters;
  /** Servers and parts that were skipped, and what they need. */
  readonly skipped: readonly Skipped[];
  readonly throughput: readonly ThroughputRow[];
  readonly latency: readonly OpenLoopRow[];
  readonly idle: readonly IdleRow[];
  readonly crowd: readonly CrowdRow[];
}

export interface IoParameters {
  readonly rounds: number;
  readonly seconds: number;
  readonly seed: number;
  /** Whether servers ran on one core and clients on another. */
  readonly arePinned: boolean;
}
