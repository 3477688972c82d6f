import type { Duration, Instant } from '../events/instant.js';
import type { Clock } from '../extension-points/clock.js';
import type { Instrument, LoopWarning } from '../extension-points/instrument.js';
import type { Task } from '../tasks/task.js';
import { NeverRunWatch } from './never-run.js';

/** @internal The instruments of `debug: true`. This one warns of slow steps, and records when each task began to wait. */
export class Debugging implements Instrument {
  readonly instruments: readonly Instrument[];
  readonly #since = new WeakMap<Task, Instant>();
  #stepStartedAt: Instant = 0;

  constructor(
    private readonly clock: Clock,
    private readonly slowStep: Duration,
    private readonly warn: (warning: LoopWarning) => void,
  ) {
    this.instruments = [this, new NeverRunWatch(warn)];
  }

  stepStarted(): void {
    this.#stepStartedAt = this.clock.now();
  }

  stepEnded(task: Task): void {
    const took = this.clock.now() - this.#stepStartedAt;
    if (took < this.slowStep) return;
    const message = `task "${task.name}" ran for ${took.toFixed(1)} ms without a suspension, while all others had to wait. Do less between two yield*, or add a yield* pause().`;
    this.warn({ code: 'ESC_SLOW_STEP', message, task });
  }

  suspended(task: Task): void {
    this.#since.set(task, this.clock.now());
  }

  waitingSince(task: Task): Instant | undefined {
    return this.#since.get(task);
  }
}
