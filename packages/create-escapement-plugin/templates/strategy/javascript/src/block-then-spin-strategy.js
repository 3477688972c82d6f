import { checkArgument, describe, InvalidArgumentError, SleepStrategy } from '@escapement/core';

/**
 * Blocks the thread for most of a sleep and spins at the end: nearly as punctual as spinning all the time, for a fraction of
 * the CPU. Node's own loop stands still meanwhile.
 *
 * @throws InvalidArgumentError if `spin` is not a number of milliseconds
 * @example createLoop(blockThenSpinModule({ spin: 1 }), sleepModule);
 */
export class BlockThenSpinStrategy extends SleepStrategy {
  alias = 'block-then-spin';
  waits = 'blocks';
  clock;
  #spin;

  constructor(clock, options = {}) {
    super();
    this.clock = clock;
    this.#spin = spinOf(options);
  }

  sleep(until, wakeup) {
    const blocking = until - this.clock.now() - this.#spin;
    // The word is 0 until a wakeup is requested, so this returns at once if the request came before.
    if (blocking > 0) Atomics.wait(wakeup.word, 0, 0, blocking);
    while (this.clock.now() < until && !wakeup.requested);
  }
}

/** @throws InvalidArgumentError */
export function spinOf(options) {
  const { spin = 0.5 } = checkArgument('BlockThenSpinStrategy', options, 'object', 'options, like { spin: 1 }');
  if (typeof spin === 'number' && spin >= 0 && spin < Infinity) return spin;
  const fault = `BlockThenSpinStrategy got ${describe(spin)} for \`spin\`, expected milliseconds, 0 or more.`;
  throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
}
