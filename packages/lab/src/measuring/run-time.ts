import type { Duration } from 'escapement';

/** Kept for the reports and the last answers, in milliseconds. */
const RESERVE: Duration = 700;

/** The time of a run, from its construction on. */
export class RunTime {
  readonly #startedAt = performance.now();

  /**
   * @param limit in milliseconds; null: none
   * @param spent how much of it is gone already
   */
  constructor(
    private readonly limit: Duration | null,
    private readonly spent: Duration = 0,
  ) {}

  /** In whole milliseconds. */
  get elapsed(): Duration {
    return Math.round(performance.now() - this.#startedAt);
  }

  /** Infinity without a limit. */
  get left(): Duration {
    return (this.limit ?? Infinity) - this.spent - this.elapsed;
  }

  /** What may still be spent on measuring. */
  get leftToMeasure(): Duration {
    return this.left - RESERVE;
  }

  /** @param kept the share of the limit that must be left then */
  suffices(cost: Duration, kept = 0): boolean {
    return this.limit === null || cost <= this.leftToMeasure - kept * this.limit;
  }

  /** So much of it; without a limit all that is asked for. */
  part(share: number, most: Duration): Duration {
    return this.limit === null ? most : Math.min(most, share * this.limit);
  }
}
