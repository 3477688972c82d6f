import type { Instant } from '../events/instant.js';
import type { LoopEvent } from '../events/loop-event.js';
import type { Task } from '../tasks/task.js';
import type { LoopWarning } from './loop-warning.js';

/**
 * Watches a loop. Every hook is optional, runs synchronously on the loop's thread and must not throw. A loop without
 * instruments pays one comparison for each step; with one, only for the hooks that it has.
 *
 * @example
 * const trace: Instrument = { suspended: (task, event) => console.log(`${task.name} waits for ${event}`) };
 * const loop = new EventLoop({ strategy, handlers, instruments: [trace] });
 */
export interface Instrument {
  /** `task` was created; it has not run yet. */
  taskSpawned?(task: Task): void;
  /** `task` is about to be resumed. */
  stepStarted?(task: Task): void;
  /** `task` gave control back. */
  stepEnded?(task: Task): void;
  /** `task` waits for `event`. Not called for `pause()`, nor for what the loop answers at once. */
  suspended?(task: Task, event: LoopEvent): void;
  /** Nothing is ready: the loop lets time pass until `until`. */
  sleepStarted?(until: Instant): void;
  sleepEnded?(): void;
  /** `task` and all its children are done; `task.result` says how. */
  taskEnded?(task: Task): void;
  /** Something looks like a mistake. Where no instrument has this hook, it goes to the console. */
  warned?(warning: LoopWarning): void;
}

/** One instrument that calls all of `instruments`, or undefined where there is none. */
export function combineInstruments(instruments: readonly Instrument[]): Instrument | undefined {
  if (instruments.length <= 1) return instruments[0];
  const combined: Record<string, (...args: never[]) => void> = {};
  for (const hook of HOOKS) {
    const watchers = instruments.filter(instrument => instrument[hook] !== undefined);
    if (watchers.length === 0) continue;
    combined[hook] = (...args) => {
      for (const watcher of watchers) (watcher[hook] as (...args: unknown[]) => void)(...args);
    };
  }
  return combined;
}

const HOOKS = [
  'taskSpawned',
  'stepStarted',
  'stepEnded',
  'suspended',
  'sleepStarted',
  'sleepEnded',
  'taskEnded',
  'warned',
] as const satisfies readonly (keyof Instrument)[];
