import { checkArgument, describe, Fifo, InvalidArgumentError, SchedulingPolicy } from '@escapement/core';

/**
 * Tasks with a priority below 0 are in the background: they run when no other task is ready, and else one step of them after
 * every `patience` steps of others. Within each of the two groups: first come, first served.
 *
 * Cost: O(1). No task starves.
 *
 * @throws InvalidArgumentError if `patience` is not a whole number above 0
 * @example
 * const loop = createLoop(setTimeoutModule, backgroundLastModule({ patience: 10 }));
 * await loop.run(function* () {
 *   yield* spawn(tidyUp, { priority: -1 });
 *   yield* spawn(serve);
 * });
 */
export class BackgroundLastPolicy extends SchedulingPolicy {
  alias = 'background-last';
  #foreground = new Fifo();
  #background = new Fifo();
  #patience;
  /** The steps of others for which the background has waited. */
  #waited = 0;

  constructor(options = {}) {
    super();
    this.#patience = patienceOf(options);
  }

  add(task) {
    if (task.priority < 0) this.#background.push(task);
    else this.#foreground.push(task);
  }

  next() {
    const isBackgroundsTurn = this.#foreground.size === 0 || this.#waited >= this.#patience;
    if (this.#background.size === 0 || isBackgroundsTurn) this.#waited = 0;
    else this.#waited++;
    return (isBackgroundsTurn ? this.#background.shift() : undefined) ?? this.#foreground.shift();
  }
}

/** @throws InvalidArgumentError */
export function patienceOf(options) {
  const { patience = 100 } = checkArgument('BackgroundLastPolicy', options, 'object', 'options, like { patience: 10 }');
  if (Number.isInteger(patience) && patience > 0) return patience;
  const fault = `BackgroundLastPolicy got ${describe(patience)} for \`patience\`, expected a whole number above 0.`;
  throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
}
