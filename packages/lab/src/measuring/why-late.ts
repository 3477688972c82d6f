import type { Disturbance, LateTick, Round, Why } from '../results/results.js';
import { summarize } from '../statistics/summary.js';
import { type LateWanted, MOST_LATE } from '../why/late-recorder.js';
import type { MeasuredRound } from './messages.js';

/** Collects the late sleepers of a row over the rounds that record them. */
export class WhyLate {
  #late: LateTick[] = [];
  #ticks = 0;
  #disturbance: Disturbance | null = null;

  constructor(readonly wanted: LateWanted) {}

  /** The latest tenth of a row, or what is later than its median if there are too few samples to tell. */
  static beyondP90(rounds: readonly Round[]): LateWanted {
    const us = summarize(rounds, null)?.us;
    return { beyond: Math.max(0, (us?.p90 ?? us?.p50)?.value ?? 0) / 1000, keep: 'latest' };
  }

  /** Whether there is a late one. */
  get isFound(): boolean {
    return this.#late.length > 0;
  }

  add({ samplesUs, late = [], disturbance }: MeasuredRound): void {
    this.#late.push(...late);
    this.#late = this.#late.sort((a, b) => b.lateUs - a.lateUs).slice(0, MOST_LATE);
    this.#ticks += samplesUs.length;
    this.#disturbance = disturbance;
  }

  result(): Why {
    const { beyond } = this.wanted;
    return { ticks: this.#ticks, beyondUs: beyond * 1000, late: this.#late, disturbance: this.#disturbance };
  }
}
