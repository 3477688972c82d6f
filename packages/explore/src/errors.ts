import { describe, EscapementError } from '@escapement/core';
import type { Site } from './trace.js';

/**
 * A run took more steps than `mostSteps`: tasks go on and on, and none gets anywhere. So does a loop of `pause()` that waits for
 * a task that sleeps: virtual time stands still while a task is ready. Sleep in it, too.
 */
export class LivelockError extends EscapementError {
  static override readonly name = 'LivelockError';
  override readonly code = 'ESC_LIVELOCK';

  /** @internal */
  constructor(steps: number, task: string) {
    super(
      `a run took more than ${steps} steps, the last of task "${task}", expected it to end. Either tasks go on and on with pause() and none gets anywhere: virtual time stands still while a task is ready, so no sleep ends meanwhile. Write \`yield* sleep(1)\` in such a loop, or wait for an event. Or the program is long: then pass a larger \`mostSteps\`.`,
    );
  }
}

/**
 * One step did more than 100,000 things without a suspension: `for (;;) yield* now()`, or `acquire()` and `release()` of a lock that
 * is always free. No other task can run meanwhile, in the exploration as in production.
 */
export class EndlessStepError extends EscapementError {
  static override readonly name = 'EndlessStepError';
  override readonly code = 'ESC_ENDLESS_STEP';

  /** @internal @param what it did so often @param last one of these */
  constructor(most: number, what: string, task: string, last: string, site: Site | undefined) {
    const place = site === undefined ? '' : ` at ${site.name} (${site.where})`;
    super(
      `task "${task}" had more than ${most} ${what} in one step, the last ${last}${place}, expected it to wait or to pause: until then no other task can run. Write \`yield* pause()\` in its loop.`,
    );
  }
}

/** Under `promises: true`, nothing is left to do but to wait for a promise that does not settle. */
export class UnsettledPromiseError extends EscapementError {
  static override readonly name = 'UnsettledPromiseError';
  override readonly code = 'ESC_UNSETTLED_PROMISE';

  /** @internal @param patience in real milliseconds */
  constructor(patience: number) {
    super(
      `all tasks of a run waited for promises, and none settled within ${patience} ms, expected one to settle. Settle it, or put a timeout around the wait.`,
    );
  }
}

/** The planted race, which every exploration must find first, was not found: a report that all runs passed would mean nothing. */
export class ExplorationBrokenError extends EscapementError {
  static override readonly name = 'ExplorationBrokenError';
  override readonly code = 'ESC_EXPLORATION_BROKEN';

  /** @internal */
  constructor(strategy: string, runs: number) {
    super(
      `the strategy '${strategy}' did not find a planted race within ${runs} runs, expected that it does: it does not change the order of the tasks. Make its \`choose\` return other numbers than 0.`,
    );
  }
}

/** A `Chooser` returned what is no choice. */
export class InvalidChoiceError extends EscapementError {
  static override readonly name = 'InvalidChoiceError';
  override readonly code = 'ESC_INVALID_CHOICE';

  /** @internal */
  constructor(chooser: string, kind: string, count: number, given: unknown) {
    super(
      `the strategy '${chooser}' returned ${describe(given)} from choose('${kind}', ${count}), expected a whole number from 0 to ${count - 1}.`,
    );
  }
}

/** A `Chooser` threw an error of its own, which is the `cause`. */
export class ChooserFailedError extends EscapementError {
  static override readonly name = 'ChooserFailedError';
  override readonly code = 'ESC_CHOOSER_FAILED';

  /** @internal */
  constructor(chooser: string, method: string, thrown: unknown) {
    super(
      `the strategy '${chooser}' threw ${describe(thrown)} in its \`${method}\`, expected that it returns. The cause is what it threw.`,
      { cause: thrown },
    );
  }
}

/** What was given as a replay token is none, or one that this version cannot play. */
export class ReplayTokenError extends EscapementError {
  static override readonly name = 'ReplayTokenError';
  override readonly code = 'ESC_REPLAY_TOKEN';

  /** @internal @param problem a sentence that says what is wrong with it, and the fix */
  constructor(given: unknown, problem: string, options?: ErrorOptions) {
    super(
      `replay got ${describe(given)}, expected a token of a failure or the path of a file with one. ${problem}`,
      options,
    );
  }
}
