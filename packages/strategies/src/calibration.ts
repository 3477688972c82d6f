import type { Duration } from '@escapement/core';

/** So many overshoots are kept for each bucket: the latest. */
const KEPT = 64;
/** With fewer overshoots than this, a bucket uses the margin of a cold start. */
const FEWEST = 8;
/** Added to what the overshoots say: a call of the system and two reads of the clock. */
const GUARD: Duration = 0.003;
/** The buckets are powers of two, from 8 us to a minute. Shorter and longer sleeps share the first and the last. */
const FIRST_BUCKET = -7;
const LAST_BUCKET = 16;
/** A bucket whose sleeps are all too short for a nap naps once in so many sleeps, to learn: less often if that was too late. */
const SHORTEST_PROBE_INTERVAL = 16;
const LONGEST_PROBE_INTERVAL = 1024;

/** The last 64 overshoots, of which any quantile can be read at once. */
export class Overshoots {
  readonly #latest = new Float64Array(KEPT);
  readonly #sorted = new Float64Array(KEPT);
  #added = 0;

  /** How many were ever added. */
  get added(): number {
    return this.#added;
  }

  /** How many are kept. */
  get count(): number {
    return Math.min(this.#added, KEPT);
  }

  /** Takes the place of the oldest one once there are 64. */
  add(overshoot: Duration): void {
    const sorted = this.#sorted;
    const at = this.#added % KEPT;
    let length = this.count;
    if (length === KEPT) {
      length--;
      let oldest = 0;
      while (sorted[oldest] !== this.#latest[at]) oldest++;
      sorted.copyWithin(oldest, oldest + 1);
    }
    let place = length;
    for (; place > 0 && sorted[place - 1]! > overshoot; place--) sorted[place] = sorted[place - 1]!;
    sorted[place] = overshoot;
    this.#latest[at] = overshoot;
    this.#added++;
  }

  /** The smallest overshoot that at least this share of them (0 to 1) does not exceed; 0 if there are none. */
  quantile(share: number): Duration {
    const { count } = this;
    return count === 0 ? 0 : this.#sorted[Math.max(0, Math.ceil(share * count) - 1)]!;
  }

  /** How long the sleeps of these naps would have been spun with that margin, on average. */
  meanSpin(margin: Duration): Duration {
    const { count } = this;
    let spun = 0;
    for (let n = 0; n < count && this.#sorted[n]! < margin; n++) spun += margin - this.#sorted[n]!;
    return count === 0 ? margin : spun / count;
  }

  /** The margin whose `meanSpin` is `spin`, which is 0 or more. */
  marginFor(spin: Duration): Duration {
    const { count } = this;
    let total = count * spin;
    for (let n = 0; n < count; n++) {
      total += this.#sorted[n]!;
      // The earliest n + 1 of them would leave something to spin.
      const margin = total / (n + 1);
      if (n + 1 === count || margin <= this.#sorted[n + 1]!) return margin;
    }
    return spin;
  }
}

/** How long before the deadline a nap has to end, going by the overshoots of naps. */
export type MarginRule = (overshoots: Overshoots) => Duration;

/** Tukey's fence: what lies beyond it is an outlier, and no reason to spin longer. */
export const tukeyFence: MarginRule = overshoots => {
  const upper = overshoots.quantile(0.75);
  return upper + 1.5 * (upper - overshoots.quantile(0.25));
};

/**
 * Where Tukey's fence would be if the later half of the naps were like the earlier. Under load many naps are so late that no
 * spin reaches them; the longest spin would then only be spent on the others.
 */
function fenceOfEarlyHalf(overshoots: Overshoots): Duration {
  const median = overshoots.quantile(0.5);
  return median + 4 * (median - overshoots.quantile(0.25));
}

/** What a calibration needs to know of the strategy that it serves. All durations in milliseconds. */
export interface CalibrationOptions {
  readonly rule: MarginRule;
  /** The longest margin. */
  readonly longestMargin: Duration;
  /** The margin until something is learnt. */
  readonly coldMargin: Duration;
  /** A nap that would be shorter is not worth its price. */
  readonly shortestNap: Duration;
}

/**
 * Learns how late naps end, for sleeps of similar length together, and says how long to nap. Knows no clock and no strategy:
 * it is told durations, and allocates nothing but the buckets, of which there are 24 at most.
 */
export class Calibration {
  readonly #buckets: (Bucket | undefined)[] = new Array(LAST_BUCKET - FIRST_BUCKET + 1).fill(undefined);

  constructor(readonly options: CalibrationOptions) {}

  /** The bucket of sleeps that are about as long as `duration`, which is above 0. */
  bucketFor(duration: Duration): Bucket {
    const power = Math.min(LAST_BUCKET, Math.max(FIRST_BUCKET, Math.round(Math.log2(duration))));
    const bucket = this.#buckets[power - FIRST_BUCKET];
    if (bucket !== undefined) return bucket;
    const added = new Bucket(2 ** power, this);
    this.#buckets[power - FIRST_BUCKET] = added;
    return added;
  }

  /** The buckets of sleeps that there have been, the shortest first. */
  get buckets(): readonly Bucket[] {
    return this.#buckets.filter(bucket => bucket !== undefined);
  }

  /** For a bucket that has learnt too little: what others have learnt, because all may be late for the same reason. */
  get coldMargin(): Duration {
    let margin = this.options.coldMargin;
    for (const bucket of this.#buckets) {
      if (bucket?.isWarm && bucket.learntMargin > margin) margin = bucket.learntMargin;
    }
    return Math.min(margin, this.options.longestMargin);
  }
}

/** What was learnt of sleeps of about `duration`, in milliseconds. */
export class Bucket {
  readonly overshoots = new Overshoots();
  /** What the rule asks for; it may be longer than the longest margin. */
  wantedMargin: Duration = 0;
  learntMargin: Duration = 0;
  /** Sleeps that have reached their deadline: how many, how many of them in time, their lengths and the time spun, summed. */
  sleeps = 0;
  punctual = 0;
  slept: Duration = 0;
  spun: Duration = 0;
  #withoutNap = 0;
  #probeInterval = SHORTEST_PROBE_INTERVAL;

  constructor(
    readonly duration: Duration,
    private readonly calibration: Calibration,
  ) {}

  /** Whether it has learnt enough to go by. */
  get isWarm(): boolean {
    return this.overshoots.count >= FEWEST;
  }

  get margin(): Duration {
    return this.isWarm ? this.learntMargin : this.calibration.coldMargin;
  }

  /**
   * How long a sleep of `duration` should nap; 0 for not at all.
   * @param allowance how long it may be spun after that, going by the mean of late; below 0 if that was too much
   */
  napFor(duration: Duration, allowance: Duration = Infinity): Duration {
    const { shortestNap } = this.calibration.options;
    const nap = duration - Math.max(0, Math.min(this.margin, this.#allowedMargin(allowance)));
    if (nap >= shortestNap) {
      this.#withoutNap = 0;
      return nap;
    }
    return duration > allowance || this.#isTimeToProbe(duration) ? Math.min(duration, shortestNap) : 0;
  }

  /** A nap, of a sleep of `duration`, that nothing but its end has ended, was over so much too late. */
  learn(duration: Duration, overshoot: Duration): void {
    const { rule, longestMargin, shortestNap } = this.calibration.options;
    this.overshoots.add(overshoot);
    this.wantedMargin = Math.max(0, rule(this.overshoots) + GUARD);
    this.learntMargin =
      this.wantedMargin <= longestMargin
        ? this.wantedMargin
        : Math.min(longestMargin, Math.max(0, fenceOfEarlyHalf(this.overshoots) + GUARD));
    const wouldFit = shortestNap + overshoot <= duration;
    this.#probeInterval = wouldFit
      ? SHORTEST_PROBE_INTERVAL
      : Math.min(2 * this.#probeInterval, LONGEST_PROBE_INTERVAL);
  }

  /** A sleep has reached its deadline: it took `elapsed`, `spun` included. */
  ended(elapsed: Duration, isPunctual: boolean, spun: Duration): void {
    this.sleeps++;
    if (isPunctual) this.punctual++;
    this.slept += elapsed;
    this.spun += spun;
  }

  #allowedMargin(allowance: Duration): Duration {
    if (allowance === Infinity) return Infinity;
    // Nothing is spun on average with the margin of the earliest nap. If that was wrong too often, only no margin is right.
    return allowance < -this.calibration.options.longestMargin ? 0 : this.overshoots.marginFor(Math.max(0, allowance));
  }

  /** Without this a margin that was learnt under load would stay: sleeps without naps teach nothing. */
  #isTimeToProbe(duration: Duration): boolean {
    if (duration <= this.calibration.options.shortestNap || ++this.#withoutNap < this.#probeInterval) return false;
    this.#withoutNap = 0;
    return true;
  }
}
