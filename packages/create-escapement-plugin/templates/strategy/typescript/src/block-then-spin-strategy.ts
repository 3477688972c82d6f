import {
  type Clock,
  checkArgument,
  type Duration,
  describe,
  type Instant,
  InvalidArgumentError,
  SleepStrategy,
  type Wakeup,
} from '@escapement/core';

export interface BlockThenSpinOptions {
  /** For so long before its end a sleep spins, in milliseconds; 0 or more. Default: 0.5. */
  readonly spin?: Duration;
}

/**
 * Blocks the thread for most of a sleep and spins at the end: nearly as punctual as spinning all the time, for a fraction of
 * the CPU. Node's own loop stands still meanwhile.
 *
 * @throws InvalidArgumentError if `spin` is not a number of milliseconds
 * @example createLoop(blockThenSpinModule({ spin: 1 }), sleepModule);
 */
export class BlockThenSpinStrategy extends SleepStrategy {
  override readonly alias = 'block-then-spin';
  override readonly waits = 'blocks';
  override readonly clock: Clock;
  readonly #spin: Duration;

  constructor(clock: Clock, options: BlockThenSpinOptions = {}) {
    super();
    this.clock = clock;
    this.#spin = spinOf(options);
  }

  override sleep(until: Instant, wakeup: Wakeup): void {
    const blocking = until - this.clock.now() - this.#spin;
    // The word is 0 until a wakeup is requested, so this returns at once if the request came before.
    if (blocking > 0) Atomics.wait(wakeup.word, 0, 0, blocking);
    while (this.clock.now() < until && !wakeup.requested);
  }
}

/** @throws InvalidArgumentError */
export function spinOf(options: BlockThenSpinOptions): Duration {
  const { spin = 0.5 } = checkArgument('BlockThenSpinStrategy', options, 'object', 'options, like { spin: 1 }');
  if (typeof spin === 'number' && spin >= 0 && spin < Infinity) return spin;
  const fault = `BlockThenSpinStrategy got ${describe(spin)} for \`spin\`, expected milliseconds, 0 or more.`;
  throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
}
