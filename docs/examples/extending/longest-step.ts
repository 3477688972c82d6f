import { Clock, type Duration, type Instant, type Instrument, Instruments, LoopModule, type Task } from 'escapement';

declare module '@escapement/core' {
  interface LoopMetrics {
    /** In milliseconds. By `longestStepModule`. */
    readonly longestStep?: Duration;
  }
}

/** Measures how long the tasks keep the thread. */
export class LongestStep implements Instrument {
  #started: Instant = 0;
  #longest: Duration = 0;
  #slowest = '';

  constructor(readonly clock: Clock) {}

  runStarted(): void {
    this.#longest = 0;
    this.#slowest = '';
  }

  stepStarted(): void {
    this.#started = this.clock.now();
  }

  stepEnded(task: Task): void {
    const duration = this.clock.now() - this.#started;
    if (duration <= this.#longest) return;
    this.#longest = duration;
    this.#slowest = task.name;
  }

  metrics(): object {
    return { longestStep: this.#longest };
  }

  note(task: Task): string | undefined {
    return task.name === this.#slowest ? `(longest step: ${this.#longest} ms)` : undefined;
  }
}

export const longestStepModule = new LoopModule(({ bind }) => {
  bind(Instruments)
    .toDynamicValue(context => new LongestStep(context.get(Clock)))
    .inSingletonScope();
});
