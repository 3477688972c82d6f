import {
  type Clock,
  checkNumber,
  type Duration,
  type Instant,
  SleepStrategy,
  type Waits,
  type Wakeup,
} from '@escapement/core';
import { type Bucket, Calibration } from './calibration.js';
import { aliasAround, checkCoarse, passOnSleepsIn } from './coarse.js';
import { type HybridReport, reportOn } from './hybrid-report.js';
import { checkObjective, type Objective, ruleFor } from './objective.js';
import { spinTowards } from './spin.js';
import { SpinBudget } from './spin-budget.js';
import { reportOf } from './strategy-report.js';
import { TimerSlack, type TimerSlackOptions } from './timer-slack.js';

const CALLER = 'new HybridStrategy';
const LONGEST_SPIN: Duration = 0.4;
const COLD_MARGIN: Duration = 0.15;
const SHORTEST_NAP: Duration = 0.01;

/** How a `HybridStrategy` works. `slack` applies if it wraps a strategy that blocks. */
export interface HybridOptions extends TimerSlackOptions {
  /** What it aims at. */
  readonly objective?: Objective;
  /** The longest time that it spins for one sleep, in milliseconds, however late the naps end. Default: 0.4. */
  readonly longestSpin?: Duration;
}

/**
 * Naps in another strategy, the coarse one, and spins for the last stretch. It learns how late naps end, for sleeps of
 * similar length together, and naps as much shorter: by the upper quartile of the last 64 naps and 1.5 times the distance
 * between the quartiles.
 *
 * Cost: it spins about as long as the lateness of naps varies: some 50 us a sleep over `atomics-wait`, and sleeps that are
 * shorter than a nap is late to their end. Lateness: a few microseconds; where the machine is so busy that naps end more
 * than `longestSpin` (0.4 ms) late, no better than the coarse strategy.
 * Choose it where microseconds count, but no core is free for `busy-wait`: metronomes, load generators, control loops. Not
 * where a millisecond does not matter, and not beside more busy threads than cores if CPU time is scarce.
 *
 * It wraps any strategy, waits in the way of that (`waits`, `sleepsIn`, `clock`), and passes on what that throws. A request
 * for the wakeup ends it while it naps and while it spins. It spins by 10 to 20 us, and between them the loop polls its
 * handlers: what else ends a nap, such as a selector, is found soon. If the coarse strategy lets the host run, the host waits
 * while it spins. A coarse strategy that spins or jumps is exact by itself: it gets all sleeps unchanged.
 *
 * @example new HybridStrategy(new AtomicsWaitStrategy(new PerformanceClock()), { objective: { lateness: 0.01, cpu: 0.05 } });
 */
export class HybridStrategy extends SleepStrategy {
  override readonly alias: string;
  override readonly clock: Clock;
  readonly #coarse: SleepStrategy;
  readonly #objective: Objective;
  readonly #longestSpin: Duration;
  readonly #calibration: Calibration;
  readonly #budget: SpinBudget | undefined;
  readonly #slack: TimerSlack;
  /** What it spins for: the deadline, and of that sleep the bucket, the beginning, and the time spun by now. */
  #spinsUntil: Instant = -Infinity;
  #bucket: Bucket | undefined;
  #start: Instant = 0;
  #spun: Duration = 0;

  /**
   * @param coarse the strategy that naps
   * @throws InvalidArgumentError
   */
  constructor(coarse: SleepStrategy, options: HybridOptions = {}) {
    super();
    checkCoarse(CALLER, coarse);
    this.#slack = new TimerSlack(CALLER, options);
    this.#objective = checkObjective(CALLER, options.objective ?? {});
    this.#longestSpin = checkSpin(options.longestSpin ?? LONGEST_SPIN);
    this.#calibration = new Calibration({
      rule: ruleFor(this.#objective),
      longestMargin: this.#longestSpin,
      coldMargin: COLD_MARGIN,
      shortestNap: SHORTEST_NAP,
    });
    const { cpu = 1 } = this.#objective;
    if (cpu < 1) this.#budget = new SpinBudget(cpu, this.#longestSpin);
    this.#coarse = coarse;
    this.clock = coarse.clock;
    this.alias = this.#slack.aliasFor(aliasAround('hybrid', coarse));
    passOnSleepsIn(this, () => coarse);
  }

  override get waits(): Waits {
    return this.#coarse.waits;
  }

  override sleep(until: Instant, wakeup: Wakeup): void | Promise<void> {
    const { waits } = this;
    const now = this.clock.now();
    const duration = until - now;
    if (waits === 'blocks') this.#slack.begin();
    if (!(duration > 0) || duration === Infinity || waits === 'spins' || waits === 'jumps' || wakeup.requested) {
      return this.#coarse.sleep(until, wakeup);
    }
    if (until !== this.#spinsUntil || duration > this.#longestSpin + SHORTEST_NAP) {
      const bucket = this.#calibration.bucketFor(duration);
      const nap = bucket.napFor(duration, this.#budget?.left(now));
      if (nap > 0) return this.#nap(bucket, now, now + nap, until, wakeup);
      this.#spinNext(bucket, now, until);
    }
    this.#spin(now, wakeup);
  }

  override close(): void {
    this.#slack.end();
    this.#coarse.close();
  }

  /** What it has learnt, and which goal it cannot meet here. */
  report(): HybridReport {
    return reportOn({
      coarse: this.#coarse.alias,
      waits: this.#coarse.waits,
      coarseReport: reportOf(this.#coarse),
      objective: this.#objective,
      longestSpin: this.#longestSpin,
      buckets: this.#calibration.buckets,
      slack: this.#slack,
    });
  }

  #nap(bucket: Bucket, start: Instant, due: Instant, until: Instant, wakeup: Wakeup): void | Promise<void> {
    const slept = this.#coarse.sleep(due, wakeup);
    if (this.waits === 'yields' && slept !== undefined) {
      return Promise.resolve(slept).then(() => this.#napEnded(bucket, start, due, until, wakeup));
    }
    this.#napEnded(bucket, start, due, until, wakeup);
    return slept;
  }

  #napEnded(bucket: Bucket, start: Instant, due: Instant, until: Instant, wakeup: Wakeup): void {
    if (wakeup.requested) return;
    const now = this.clock.now();
    // Ended by something else: the loop looks for work, and calls again.
    if (now < due) return;
    bucket.learn(until - start, now - due);
    // Back to the loop, for a turn: it finds what has happened meanwhile.
    this.#spinNext(bucket, start, until);
    if (now >= until) this.#ended(now);
  }

  #spinNext(bucket: Bucket, start: Instant, until: Instant): void {
    this.#spinsUntil = until;
    this.#bucket = bucket;
    this.#start = start;
    this.#spun = 0;
  }

  #spin(from: Instant, wakeup: Wakeup): void {
    const now = spinTowards(this.#spinsUntil, from, this.clock, wakeup);
    this.#budget?.spend(now - from);
    this.#spun += now - from;
    if (now >= this.#spinsUntil) this.#ended(now);
  }

  #ended(now: Instant): void {
    const isPunctual = now - this.#spinsUntil <= (this.#objective.lateness ?? 0);
    this.#bucket!.ended(now - this.#start, isPunctual, this.#spun);
  }
}

/** @throws InvalidArgumentError */
function checkSpin(given: Duration): Duration {
  return checkNumber(CALLER, 'longestSpin', given, spin => spin > 0 && spin < Infinity, 'milliseconds above 0');
}
