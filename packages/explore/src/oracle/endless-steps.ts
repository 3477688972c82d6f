import {
  type AttemptHook,
  describe,
  type ImmediateEvent,
  type Instrument,
  runningTask,
  SelfServedEvent,
  setAttemptHook,
  type Waiter,
} from '@escapement/core';
import { EndlessStepError } from '../errors.js';
import { MOST_FRAMES, theirCoroutinesOn } from '../tracing/frames.js';
import { Patches } from '../tracing/patches.js';
import { MOST_AT_ONCE, type Oracle } from './oracle.js';

/** Suspends a task for a moment. */
class StepCutOff extends SelfServedEvent<void> {
  override readonly kind = 'step-cut-off';

  override arm(waiter: Waiter<unknown>): void {
    waiter.resolve(undefined);
  }

  override disarm(): void {}
}

/**
 * Ends a step that is answered one event after the other and is never suspended: else it would take no further step, and the
 * exploration would hang. The coroutine is suspended there, because what is thrown could be caught, and the loop goes on.
 */
export class EndlessSteps implements Instrument {
  readonly #most: number;
  #events = 0;
  #step = 0;
  #outer: AttemptHook | undefined;

  constructor(
    private readonly oracle: Oracle,
    mostSteps: number,
  ) {
    this.#most = Math.max(mostSteps, MOST_AT_ONCE);
  }

  /** For a run that is one piece: cheaper than to be its instrument. */
  during<T>(run: () => T): T {
    this.stepStarted();
    try {
      return run();
    } finally {
      this.stepEnded();
    }
  }

  stepStarted(): void {
    this.#outer = setAttemptHook(this.#hook);
  }

  stepEnded(): void {
    setAttemptHook(this.#outer);
  }

  readonly #hook: AttemptHook = event => {
    // Once the run is stopped, it counts all steps as one: so its clean-ups end, too.
    if (this.#step !== this.oracle.steps) {
      this.#step = this.oracle.steps;
      this.#events = 0;
    }
    if (++this.#events <= this.#most) return undefined;
    if (this.oracle.stopped === undefined) this.#stop(event);
    return new StepCutOff();
  };

  #stop(event: ImmediateEvent): void {
    const [site] = theirCoroutinesOn(stackHere());
    const task = runningTask()?.name ?? 'main';
    this.oracle.stop(new EndlessStepError(this.#most, 'events', task, describe(event), site));
  }
}

function stackHere(): string | undefined {
  const patches = new Patches();
  patches.set(Error, 'stackTraceLimit', MOST_FRAMES);
  return patches.during(() => new Error().stack);
}
