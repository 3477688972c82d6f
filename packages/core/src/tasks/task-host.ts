import type { Instant } from '../events/instant.js';
import type { LoopEvent } from '../events/loop-event.js';
import type { Task } from './task.js';
import type { TaskSpec } from './task-spec.js';
import type { ReadyCause } from './task-state.js';
import type { Waiter } from './waiter.js';

/** @internal What a task needs from its loop. */
export interface TaskHost {
  now(): Instant;
  warn(code: string, message: string, task: Task): void;
  spawn<T>(spec: TaskSpec<T>, parent: Task | undefined): Task<T>;
  taskReady(task: Task, cause: ReadyCause): void;
  taskEnded(task: Task): void;
  /** Arms the waiter of a watch, after an attempt unless that has just been made. @throws NoHandlerError */
  arm(waiter: Waiter<unknown>, wasAttempted: boolean): void;
  /** `EventHandler.interrupt`. */
  mayInterrupt(waiter: Waiter<unknown>): boolean;
  disarm(waiter: Waiter<unknown>): void;
  /** `EventHandler.startsWhenCancelled`. */
  startsWhenCancelled(event: LoopEvent): boolean;
  /** Whether the policy makes choices. */
  readonly chooses: boolean;
  /** `SchedulingPolicy.choose`. */
  choose(count: number): number;
  /** Host code waits for `task`, which has ended. */
  tellHost(task: Task, resolve: (value: never) => void, reject: (error: unknown) => void): void;
  /** `Task.defer`. */
  defer(task: Task, action: () => void): void;
}
