import type { Clock } from '../extension-points/clock.js';
import type { Duration, Instant } from '../extension-points/instant.js';
import type { Instrument } from '../extension-points/instrument.js';
import type { LoopWarning } from '../extension-points/loop-warning.js';
import type { Task } from '../tasks/task.js';
import { DebugInstrument } from './debug-instrument.js';
import { NeverRunWatch } from './never-run.js';

/** @internal What `debug: true` turns on. */
export class Debugging {
  /** For the loop they are instruments like all others. */
  readonly instruments: readonly Instrument[];
  readonly #steps: DebugInstrument;

  constructor(clock: Clock, slowStep: Duration, warn: (warning: LoopWarning) => void) {
    this.#steps = new DebugInstrument(clock, slowStep, warn);
    this.instruments = [this.#steps, new NeverRunWatch(warn)];
  }

  /** When `task` began to wait. */
  waitingSince(task: Task): Instant | undefined {
    return this.#steps.waitingSince(task);
  }
}
