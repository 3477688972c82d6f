import { checkArgument, checkNumber, type Duration } from '@escapement/core';
import { type MarginRule, tukeyFence } from './calibration.js';

/** What a strategy aims at that learns how late it is. */
export interface Objective {
  /** The sleeps should end at most so many milliseconds late. Default: 0, as exactly as it can. */
  readonly lateness?: Duration;
  /**
   * ... this share of them: above 0, at most 1. Default: 0.95. It knows the last 64 naps of each length, so from 0.985 on it
   * goes by the latest of them.
   */
  readonly quantile?: number;
  /** The share of the thread's time that it may spin at most: above 0, at most 1. Comes before the lateness. Default: 1. */
  readonly cpu?: number;
}

/** @internal @returns a copy @throws InvalidArgumentError */
export function checkObjective(caller: string, objective: Objective): Objective {
  checkArgument(caller, objective, 'object', 'an objective, like { lateness: 0.01, quantile: 0.9, cpu: 0.05 }');
  const { lateness = 0, quantile = 1, cpu = 1 } = objective;
  const isTime = (given: number) => given >= 0 && given < Infinity;
  const isShare = (given: number) => given > 0 && given <= 1;
  checkNumber(caller, 'objective.lateness', lateness, isTime, 'milliseconds, 0 or more');
  checkNumber(caller, 'objective.quantile', quantile, isShare, 'a share of the sleeps, above 0 and at most 1');
  checkNumber(caller, 'objective.cpu', cpu, isShare, 'a share of the time, above 0 and at most 1');
  return { ...objective };
}

/** @internal Without a lateness or a quantile: as long as most naps overshoot, outliers excepted. */
export function ruleFor({ lateness = 0, quantile }: Objective): MarginRule {
  if (lateness === 0 && quantile === undefined) return tukeyFence;
  return overshoots => overshoots.quantile(quantile ?? 0.95) - lateness;
}
