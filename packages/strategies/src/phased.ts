import {
  type Clock,
  checkArgument,
  checkNumber,
  type Duration,
  type Instant,
  SleepStrategy,
  type Waits,
  type Wakeup,
} from '@escapement/core';
import { aliasAround, checkCoarse, passOnSleepsIn } from './coarse.js';
import { inNextTurn } from './host-turn.js';
import { spinUntil } from './spin.js';
import { reportOf, type StrategyReport } from './strategy-report.js';

const CALLER = 'new PhasedStrategy';
/** What the strategy sleeps in is looked at by the loop: so it returns this often while it spins. */
const POLL_INTERVAL: Duration = 0.02;
/** If the phase of turns is not over then, the clock may stand still: the loop notices that, and says so. */
const MOST_TURNS = 1000;
/** A smaller part of the phases is left out. */
const LEAST_SHARE = 1 / 16;

/** How long the phases last before the coarse strategy sleeps. */
export interface PhasedOptions {
  /**
   * How long to spin. Default: 0.05 ms, about as long as a blocked thread takes to wake up: so, whenever the work comes, the
   * spinning costs at most as much again.
   */
  readonly spin?: Duration;
  /** How long to give the host one turn after the other then, if the coarse strategy yields. Default: 0.2 ms. */
  readonly yield?: Duration;
}

type Phase = 'spinning' | 'yielding' | 'sleeping';

/** How often work came in each phase of a `PhasedStrategy`. */
export interface PhasedReport extends StrategyReport {
  /** While it spun. */
  readonly spinning: number;
  /** While it gave the host turns. */
  readonly yielding: number;
  /** While the coarse strategy slept: then it was noticed as late as by that. */
  readonly sleeping: number;
}

/**
 * Waits in phases: it spins, then gives the host one turn after the other if the coarse strategy yields, and then sleeps in
 * the coarse strategy. A sleep in which no work came halves the first two phases of the next, and after five such sleeps it
 * sleeps at once; work brings them back in full. Work is what requests the wakeup, such as a message of another thread, or
 * what the coarse strategy sleeps in.
 *
 * Cost: the phases after each piece of work, 0.05 ms of the CPU, or 0.25 ms if the coarse strategy yields; otherwise the cost
 * of that. Lateness: work that comes while it spins is noticed within a microsecond, while it yields within a few; otherwise, and
 * for deadlines, it is as late as the coarse strategy.
 * Choose it where other threads send work in bursts, and answers have to be quick: messages between workers, requests of a
 * busy client. It is of no use to programs that wait for timers only: for exact ones there is `HybridStrategy`. Where all cores
 * are busy, spinning takes one from the thread that should send the work: set `spin` to 0, or use the coarse strategy alone.
 *
 * A thread that blocks has no phase between spinning and sleeping: JavaScript has no `sched_yield`, and the shortest nap of
 * `Atomics.wait` ends no sooner for a wakeup than a long one.
 *
 * It wraps any strategy, and waits in the way of that (`waits`, `sleepsIn`, `clock`). One that spins or jumps gets all sleeps
 * unchanged. `report()` tells in which phase the work came: if it often is the last, longer phases may pay.
 *
 * @example new PhasedStrategy(new AtomicsWaitStrategy(new PerformanceClock()), { spin: 0.1 });
 */
export class PhasedStrategy extends SleepStrategy {
  override readonly alias: string;
  override readonly clock: Clock;
  override readonly waits: Waits;
  readonly #coarse: SleepStrategy;
  readonly #spin: Duration;
  readonly #yield: Duration;
  /** How much of the phases is left: 1 after work. */
  #share = 1;
  /** Since when there has been nothing to do; undefined if there was. */
  #idleSince: Instant | undefined;
  readonly #worked: Record<Phase, number> = { spinning: 0, yielding: 0, sleeping: 0 };

  /**
   * @param coarse the strategy that sleeps
   * @throws InvalidArgumentError
   */
  constructor(coarse: SleepStrategy, options: PhasedOptions = {}) {
    super();
    checkCoarse(CALLER, coarse);
    const { spin = 0.05, yield: turns = 0.2 } = checkArgument(CALLER, options, 'object', 'options like { spin: 0.05 }');
    this.#spin = checkPhase('spin', spin);
    this.#yield = checkPhase('yield', turns);
    this.#coarse = coarse;
    this.alias = aliasAround('phased', coarse);
    this.clock = coarse.clock;
    this.waits = coarse.waits;
    passOnSleepsIn(this, () => coarse);
  }

  override sleep(until: Instant, wakeup: Wakeup): void | Promise<void> {
    const start = this.clock.now();
    const isExact = this.waits === 'spins' || this.waits === 'jumps';
    if (isExact || until <= start || wakeup.requested) {
      this.#idleSince = undefined;
      return this.#coarse.sleep(until, wakeup);
    }
    this.#idleSince ??= start;
    const spinEnd = this.#idleSince + this.#share * this.#spin;
    const nextPoll = this.sleepsIn === undefined ? Infinity : start + POLL_INTERVAL;
    const now = spinUntil(Math.min(until, spinEnd, nextPoll), this.clock, wakeup);
    if (wakeup.requested || now >= until) return this.#awake('spinning', until, wakeup);
    if (now >= nextPoll && now < spinEnd) return undefined;
    if (this.waits === 'yields') return this.#yieldThenSleep(until, wakeup, spinEnd + this.#share * this.#yield);
    const slept = this.#coarse.sleep(until, wakeup);
    this.#awake('sleeping', until, wakeup);
    return slept;
  }

  /** Forgets how much work there was, and closes the coarse strategy. */
  override close(): void {
    this.#share = 1;
    this.#idleSince = undefined;
    this.#coarse.close();
  }

  /** How often the work came in each phase, and what the coarse strategy reports. */
  report(): PhasedReport {
    const { spinning, yielding, sleeping } = this.#worked;
    const own =
      spinning + yielding + sleeping === 0
        ? 'no work came from outside of the loop, so there was nothing to spin for'
        : `work came ${spinning} times while it spun, ${yielding} while it yielded, ${sleeping} while it slept`;
    return { summary: [own, ...(reportOf(this.#coarse)?.summary ?? [])], spinning, yielding, sleeping };
  }

  async #yieldThenSleep(until: Instant, wakeup: Wakeup, yieldEnd: Instant): Promise<void> {
    const end = Math.min(until, yieldEnd);
    let turns = 0;
    for (; this.clock.now() < end && !wakeup.requested && turns < MOST_TURNS; turns++)
      await new Promise<void>(inNextTurn);
    if (turns === MOST_TURNS) return;
    if (this.clock.now() >= until || wakeup.requested) return this.#awake('yielding', until, wakeup);
    await this.#coarse.sleep(until, wakeup);
    this.#awake('sleeping', until, wakeup);
  }

  #awake(phase: Phase, until: Instant, wakeup: Wakeup): void {
    const isDue = this.clock.now() >= until;
    // What it sleeps in may end a sleep early, too. Any other sleep that ended early goes on in the phase that it has reached.
    const hasWork = wakeup.requested || (!isDue && this.sleepsIn !== undefined);
    if (!hasWork && !isDue) return;
    this.#idleSince = undefined;
    if (hasWork) this.#worked[phase]++;
    if (hasWork) this.#share = 1;
    else this.#share = this.#share > LEAST_SHARE ? this.#share / 2 : 0;
  }
}

function checkPhase(name: string, duration: Duration): Duration {
  const isValid = (given: number) => given >= 0 && given < Infinity;
  return checkNumber(CALLER, name, duration, isValid, 'milliseconds, 0 or more');
}
