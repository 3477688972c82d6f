import type { Round } from '../../src/results/results.js';

/** What the page asks of a subject's worker. Each gets one answer. */
export type Order =
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

/** A round, without what only the page knows. */
export type MeasuredRound = Omit<Round, 'round' | 'at'>;

export type Answer = { readonly done: MeasuredRound | null } | { readonly failed: string };
