import { type Clock, type Duration, type Instant, SleepStrategy, type Wakeup } from '@escapement/core';
import { type BucketReport, linesOf, reportOnBucket, us } from './bucket-report.js';
import { type Bucket, Calibration, Overshoots, tukeyFence } from './calibration.js';
import { inNextTurn } from './host-turn.js';
import { LONGEST_TIMEOUT } from './set-timeout.js';
import { spinTowards } from './spin.js';
import type { StrategyReport } from './strategy-report.js';

/** A page lets no nested timer fire earlier, so that a shorter nap may end so late. */
const LONGEST_MARGIN: Duration = 4;
/** A timer that fires so much too early was none for the rest: the clock is not the host's, or the sleep is one of weeks. */
const LONGEST_STRETCH: Duration = LONGEST_MARGIN + 2;
/** The host's turns end so long before the deadline at most, and the rest is spun. */
const LONGEST_SPIN: Duration = 0.1;
/** ... and at least, besides what the loop takes to get there. */
const SHORTEST_SPIN: Duration = 0.02;
/** If the deadline is still not there, the clock stands still: the loop notices that, and says so. */
const MOST_TURNS = 20_000;

/** What a `PreciseTimeoutStrategy` has learnt. Durations in milliseconds. */
export interface PreciseTimeoutReport extends StrategyReport {
  /** Sleeps of each length that there was, the shortest first; `spun` is the share in turns of the host. */
  readonly buckets: readonly BucketReport[];
  /** How long a turn of the host takes as a rule: the median of the last 64. */
  readonly turn: Duration;
}

/**
 * Yields the thread to the host: until `setTimeout` fires, and then for turn after turn of the host's loop (`setImmediate`;
 * in a page, messages), until shortly before the deadline. The rest, 0.1 ms at most, is spun. It learns how late timers fire, and
 * how long turns take.
 *
 * Cost: the turns use the CPU, for about a millisecond each sleep, because `setTimeout` counts in whole milliseconds.
 * Lateness: a few microseconds, or as long as other code of the host keeps the thread. The host goes on running:
 * promises, streams, HTTP servers; its own timers fire hardly later than without.
 * Choose it for exact timers beside other code: a metronome in a server. Not for many short sleeps if CPU time is scarce,
 * because sleeps of a millisecond are all turns; nor where a millisecond does not matter: there, `SetTimeoutStrategy`.
 */
export class PreciseTimeoutStrategy extends SleepStrategy {
  override readonly alias = 'precise-timeout';
  override readonly waits = 'yields';
  readonly #timers = new Calibration({
    rule: tukeyFence,
    longestMargin: LONGEST_MARGIN,
    coldMargin: 1,
    shortestNap: 1,
  });
  readonly #turns = new Overshoots();
  /** From the end of an approach to the loop's next call: its code is cold by then. */
  readonly #loopTurns = new Overshoots();
  /** The deadline of the last approach, and its end if the loop has not called again since. */
  #approached: Instant = -Infinity;
  #approachEnd: Instant | undefined;

  constructor(override readonly clock: Clock) {
    super();
  }

  override sleep(until: Instant, wakeup: Wakeup): void | Promise<void> {
    const { clock } = this;
    const start = clock.now();
    const duration = until - start;
    const isApproached = until === this.#approached;
    if (this.#approachEnd !== undefined) {
      // If the deadline has passed by now, the loop has taken too long.
      this.#loopTurns.add(isApproached ? start - this.#approachEnd : LONGEST_SPIN);
      this.#approachEnd = undefined;
    }
    if (!(duration > 0) || wakeup.requested) return new Promise(inNextTurn);
    // Without a promise: the loop would take that for a turn of the host.
    if (duration <= (isApproached ? LONGEST_SPIN : this.#longestTurn())) {
      return void spinTowards(until, start, clock, wakeup);
    }
    this.#approached = until;
    const rest = Math.max(this.#longestTurn(), this.#loopTurns.quantile(0.75) + SHORTEST_SPIN);
    const near = until - Math.min(LONGEST_SPIN, rest);
    return new Promise(resolve => {
      new Approach(clock, this.#timers.bucketFor(duration), this.#turns, start, near, until, wakeup, end => {
        this.#approachEnd = end;
        resolve();
      }).begin();
    });
  }

  /** As long as nearly every turn of the host. */
  #longestTurn(): Duration {
    return Math.min(LONGEST_SPIN, tukeyFence(this.#turns));
  }

  /** What it has learnt. */
  report(): PreciseTimeoutReport {
    const buckets = this.#timers.buckets.map(reportOnBucket);
    const turn = this.#turns.quantile(0.5);
    const turns = this.#turns.count === 0 ? [] : [`a turn of the host takes about ${us(turn)}`];
    return { summary: [...linesOf(buckets, 'in turns'), ...turns], buckets, turn };
  }
}

/** The greater part of one sleep: a timer, and turns of the host. */
class Approach {
  #isAwake = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unwatch = () => {};
  #turnsLeft = MOST_TURNS;
  #turnBegan: Instant;
  #turnsBegan: Instant;

  /**
   * @param near when the turns end
   * @param whenAwake gets the instant if they have, and not the wakeup
   */
  constructor(
    private readonly clock: Clock,
    private readonly bucket: Bucket,
    private readonly turns: Overshoots,
    private readonly start: Instant,
    private readonly near: Instant,
    private readonly until: Instant,
    private readonly wakeup: Wakeup,
    private readonly whenAwake: (end?: Instant) => void,
  ) {
    this.#turnBegan = start;
    this.#turnsBegan = start;
  }

  begin(): void {
    this.#unwatch = this.wakeup.watch(() => this.#awake());
    // In whole milliseconds, because the host would cut a fraction off.
    const nap = Math.min(Math.floor(this.bucket.napFor(this.until - this.start)), LONGEST_TIMEOUT);
    // The timer and the turns keep the process alive; the watch does not.
    if (nap > 0) this.#timer = setTimeout(() => this.#napEnded(nap), nap);
    else inNextTurn(this.#turn);
  }

  #napEnded(nap: Duration): void {
    const now = this.clock.now();
    this.#turnsBegan = now;
    this.bucket.learn(this.until - this.start, now - this.start - nap);
    if (this.until - now > LONGEST_STRETCH) this.#awake();
    else this.#approach(now);
  }

  #turn = (): void => {
    if (this.#isAwake) return;
    const now = this.clock.now();
    this.turns.add(now - this.#turnBegan);
    this.#approach(now);
  };

  #approach(now: Instant): void {
    if (now < this.near && this.#turnsLeft-- > 0) {
      this.#turnBegan = now;
      inNextTurn(this.#turn);
      return;
    }
    this.bucket.ended(now - this.start, false, now - this.#turnsBegan);
    this.#awake(now);
  }

  #awake(end?: Instant): void {
    this.#isAwake = true;
    clearTimeout(this.#timer);
    this.#unwatch();
    this.whenAwake(end);
  }
}
