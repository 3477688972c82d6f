import type { Round, SubjectInfo } from '../../src/results/results.js';

/** What the page asks of a worker. Each gets one answer. */
export type Order =
  | { readonly do: 'offer' }
  | { readonly do: 'load'; readonly subject: string }
  | {
      readonly do: 'round';
      readonly scenario: string;
      readonly setting: number;
      /** In milliseconds. */
      readonly budget: number;
      readonly mostSamples: number;
      readonly seed: number;
    };

export type RoundOrder = Extract<Order, { do: 'round' }>;

/** What a thread can run. */
export type Offered = Pick<SubjectInfo, 'name' | 'kind' | 'waits'>;

/** A round, without what only the page knows. */
export type MeasuredRound = Omit<Round, 'round' | 'at'>;

export type Answer =
  | { readonly offered: readonly Offered[] }
  | { readonly loaded: true }
  | { readonly round: MeasuredRound }
  | { readonly failed: string };
