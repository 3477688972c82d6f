import {
  type Clock,
  checkArgument,
  checkNumber,
  type Duration,
  type Instant,
  type LoopModule,
  SleepStrategy,
  strategyModule,
  type Wakeup,
} from 'escapement';

export interface NapOptions {
  /** In milliseconds, above 0: what is left then is spun. A nap ends late by about half of 0.2, the default. */
  readonly shortest?: Duration;
}

/**
 * Sleeps for half of the time that is left, again and again, and spins at the end. A nap may end late by up to the other
 * half without delaying a task.
 *
 * @throws InvalidArgumentError
 */
export class NapStrategy extends SleepStrategy {
  override readonly alias = 'nap';
  override readonly waits = 'blocks';
  override readonly clock: Clock;
  readonly #shortest: Duration;

  constructor(clock: Clock, options: NapOptions = {}) {
    super();
    this.clock = clock;
    this.#shortest = shortestOf(options);
  }

  override sleep(until: Instant, wakeup: Wakeup): void {
    const rest = until - this.clock.now();
    if (rest > this.#shortest) Atomics.wait(wakeup.word, 0, 0, rest / 2);
    else while (this.clock.now() < until && !wakeup.requested);
  }
}

/** @throws InvalidArgumentError @example createLoop(nap({ shortest: 0.5 }), sleepModule); */
export function nap(options: NapOptions = {}): LoopModule {
  const shortest = shortestOf(options); // a wrong option is reported here, where it is written
  return strategyModule(clock => new NapStrategy(clock, { shortest }));
}

function shortestOf(options: NapOptions): Duration {
  const { shortest = 0.2 } = checkArgument('nap', options, 'object', 'options, like { shortest: 0.5 }');
  return checkNumber('nap', 'shortest', shortest, given => given > 0, 'milliseconds above 0');
}

export const napModule = nap();
