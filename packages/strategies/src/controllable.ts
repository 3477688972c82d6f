import {
  type Clock,
  checkArgument,
  type Duration,
  describe,
  type Instant,
  InvalidArgumentError,
  SleepStrategy,
  type Waits,
  type Wakeup,
} from '@escapement/core';
import { passOnSleepsIn } from './coarse.js';
import { inNextTurn } from './host-turn.js';

/** How long one that spins keeps the thread from the host: as long as tasks that are always ready do. */
const LONGEST_SPIN: Duration = 1;
/** One that blocks is stopped less often, because each time costs a wakeup of the thread. */
const LONGEST_BLOCK: Duration = 4;
/** A clock that stands still must not keep the thread for ever: the loop notices that, and says so. A real one takes 200. */
const MOST_CALLS = 1000;

/**
 * Waits by one of several strategies. `use` changes which, also while the loop runs or sleeps. It begins with the first.
 *
 * Cost and lateness: those of the strategy in use. If one of them yields, the host goes on running whichever is in use: one
 * that spins is stopped every millisecond for a turn of the host, one that blocks every 4 ms, which costs it another sleep. If
 * none yields, the host's loop stands still. A strategy that jumps goes with others that jump only.
 * Choose it for programs with phases that need different trade-offs: exact while something is measured, cheap otherwise. If
 * one trade-off serves all phases, choose the strategy that makes it, for instance `PhasedStrategy`.
 *
 * All must have the same clock. What it sleeps in (`sleepsIn`) is what the strategy in use sleeps in.
 *
 * @example
 * const clock = new PerformanceClock();
 * const strategy = new ControllableStrategy({
 *   cheap: new SetTimeoutStrategy(clock),
 *   exact: new BusyWaitStrategy(clock),
 * });
 * await createLoop(strategyModule(() => strategy), sleepModule).run(function* () {
 *   strategy.use('exact');
 *   yield* sleep(0.1);
 *   strategy.use('cheap');
 * });
 */
export class ControllableStrategy<Name extends string = string> extends SleepStrategy {
  override readonly alias = 'controllable';
  override readonly clock: Clock;
  override readonly waits: Waits;
  readonly #strategies: ReadonlyMap<Name, SleepStrategy>;
  #using: Name;
  #current: SleepStrategy;
  /** Of a sleep during which the host runs, and may call `use`. */
  #wakeup: Wakeup | undefined;

  /**
   * @param strategies by name; or a list, in which their aliases are their names
   * @throws InvalidArgumentError
   */
  constructor(strategies: Readonly<Record<Name, SleepStrategy>> | readonly SleepStrategy[]) {
    super();
    this.#strategies = byName(strategies);
    const all = [...this.#strategies.values()];
    const [[name, first]] = [...this.#strategies] as [[Name, SleepStrategy]];
    this.#using = name;
    this.#current = first;
    this.clock = commonClock(all);
    this.waits = commonWaits(all);
    passOnSleepsIn(this, () => this.#current);
  }

  /** The name of the strategy in use. */
  get using(): Name {
    return this.#using;
  }

  /**
   * Uses another strategy from the next sleep on. Host code that calls this while the loop sleeps ends that sleep. A later
   * run goes on with the strategy that was used last.
   *
   * @throws InvalidArgumentError if no strategy has that name
   */
  use(name: Name): void {
    const strategy = this.#strategies.get(name);
    if (strategy === undefined) {
      throw invalid('ControllableStrategy.use', describe(name), `one of ${[...this.#strategies.keys()].join(', ')}`);
    }
    this.#using = name;
    this.#current = strategy;
    this.#wakeup?.request();
  }

  override sleep(until: Instant, wakeup: Wakeup): void | Promise<void> {
    const strategy = this.#current;
    if (strategy.waits !== this.waits) return this.#standIn(strategy, until, wakeup);
    const slept = strategy.sleep(until, wakeup);
    if (typeof slept?.then !== 'function') return slept;
    this.#wakeup = wakeup;
    return Promise.resolve(slept).finally(() => {
      this.#wakeup = undefined;
    });
  }

  /** Closes all of them, also those that were not used. */
  override close(): void {
    for (const strategy of this.#strategies.values()) strategy.close();
  }

  /** Lets one that spins do what is expected of one that blocks, and either of them what is expected of one that yields. */
  #standIn(strategy: SleepStrategy, until: Instant, wakeup: Wakeup): void | Promise<void> {
    const start = this.clock.now();
    const end = Math.min(until, start + (strategy.waits === 'spins' ? LONGEST_SPIN : LONGEST_BLOCK));
    let now = start;
    for (let calls = 0; now < end && !wakeup.requested && calls < MOST_CALLS; calls++) {
      const slept = strategy.sleep(end, wakeup);
      if (slept !== undefined) return slept;
      now = this.clock.now();
      // It may have found something there, which the loop has to look at.
      if (strategy.sleepsIn !== undefined && strategy.waits !== 'spins') break;
    }
    // A deadline that had passed already means that the loop wants the host to run.
    const isOver = now > start && (now >= until || wakeup.requested);
    return this.waits === 'blocks' || isOver ? undefined : new Promise(inNextTurn);
  }
}

function byName<Name extends string>(
  given: Readonly<Record<Name, SleepStrategy>> | readonly SleepStrategy[],
): ReadonlyMap<Name, SleepStrategy> {
  const expected = 'strategies by name, or a list of them';
  checkArgument(CONSTRUCTOR, given, 'object', expected);
  const strategies: (SleepStrategy | undefined)[] = Object.values(given);
  const stranger = strategies.findIndex(strategy => typeof strategy?.sleep !== 'function');
  if (stranger >= 0) throw invalid(CONSTRUCTOR, describe(strategies[stranger]), expected);
  if (strategies.length === 0) throw invalid(CONSTRUCTOR, 'no strategy', 'one or more');
  if (!Array.isArray(given)) return new Map(Object.entries(given) as [Name, SleepStrategy][]);
  const named = new Map((given as SleepStrategy[]).map(strategy => [strategy.alias as Name, strategy]));
  if (named.size === given.length) return named;
  throw invalid(CONSTRUCTOR, 'a list with an alias that comes twice', 'strategies by name, as in { a, b }');
}

function commonClock([first, ...others]: readonly SleepStrategy[]): Clock {
  const { alias, clock } = first!;
  const other = others.find(strategy => strategy.clock !== clock);
  if (other === undefined) return clock;
  throw invalid(CONSTRUCTOR, `'${alias}' and '${other.alias}' with a clock each`, 'one clock: pass the same to all');
}

function commonWaits(strategies: readonly SleepStrategy[]): Waits {
  const found = (['jumps', 'yields', 'blocks', 'spins'] as const).filter(way =>
    strategies.some(({ waits }) => waits === way),
  );
  if (found[0] !== 'jumps' || found.length === 1) return found[0]!;
  const aliases = strategies.map(({ alias, waits }) => `'${alias}' ${waits}`).join(', ');
  throw invalid(CONSTRUCTOR, aliases, 'those that jump apart from all others: a clock runs by itself or it does not');
}

const CONSTRUCTOR = 'new ControllableStrategy';

function invalid(caller: string, given: string, expected: string): InvalidArgumentError {
  return new InvalidArgumentError('ESC_INVALID_ARGUMENT', `${caller} got ${given}, expected ${expected}.`);
}
