import { type Clock, type Duration, type Instant, type Instrument, type Task, warnOf } from '@escapement/core';

/** Warns of slow steps, and records when each task began to wait. See `debugging`. */
export class StepWatch implements Instrument {
  readonly #since = new WeakMap<Task, Instant>();
  #stepStartedAt: Instant = 0;
  #ownTimeBefore: Duration = 0;

  /**
   * @param clock the loop's
   * @param slowStep in milliseconds: warn of steps that take so long or longer
   * @param ownTime how long other instruments have taken so far, inside of steps: that is no time of the program
   */
  constructor(
    private readonly clock: Clock,
    private readonly slowStep: Duration,
    private readonly ownTime: () => Duration = () => 0,
  ) {}

  stepStarted(): void {
    this.#ownTimeBefore = this.ownTime();
    this.#stepStartedAt = this.clock.now();
  }

  stepEnded(task: Task): void {
    const took = this.clock.now() - this.#stepStartedAt - (this.ownTime() - this.#ownTimeBefore);
    if (took < this.slowStep) return;
    const message = `task "${task.name}" ran for ${took.toFixed(1)} ms without a suspension, while all others had to wait. Do less between two yield*, or add a yield* pause().`;
    warnOf(task, 'ESC_SLOW_STEP', message);
  }

  suspended(task: Task): void {
    this.#since.set(task, this.clock.now());
  }

  note(task: Task): string | undefined {
    const since = task.waitsFor && this.#since.get(task);
    return since === undefined ? undefined : `since ${since.toFixed(1)} ms`;
  }
}
