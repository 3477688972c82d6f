import type { Program } from '../events/coroutine.js';
import type { Instant } from '../events/instant.js';
import type { LoopEvent } from '../events/loop-event.js';
import type { Task } from './task.js';

// The flags of a task are one number, of which the lowest bits are its state. Those that a spec may set:

/** @internal Its failure goes to its joiners only, not to its parent. */
export const ISOLATED = 0x10;
/** @internal A cancellation of its parent does not reach it. */
export const SHIELDED = 0x20;
/** @internal Its parent does not wait for it, and cancels it when the others are done. */
export const DAEMON = 0x40;
/** @internal The failure of a child does not fail it. */
export const SUPERVISOR = 0x80;

/** @internal It takes its first step even if it is cancelled before. */
export const STARTS_ALWAYS = 0x800;
/** @internal It runs the body of a `scope`, a `shield` or a `supervise`. */
export const SCOPE = 0x1000;

// Those that the task sets:

/** @internal The bits of the state: see `task-state`. */
export const STATE = 0xf;
/** @internal Its body, or its last child, has ended by its cancellation. */
export const ENDS_CANCELLED = 0x100;
/** @internal Its body is a generator, no object of ours that behaves like one. */
export const IS_GENERATOR = 0x200;
/** @internal The next resume throws the message. */
export const MESSAGE_IS_ERROR = 0x400;
/** @internal One delivery of `Cancelled`; the bits from here on count them. */
export const CANCEL_DELIVERY = 0x2000;

/** What a scheduling policy may want to know of a new task. `FifoPolicy`, the default, uses none of it. */
export interface SchedulingHints {
  /** The scheduling policy decides what it means; by convention higher numbers come first. 0 by default. */
  readonly priority?: number | undefined;
  /** When it should be done, an instant on the loop's clock in milliseconds. By default that of the task which spawns it. */
  readonly deadline?: Instant | undefined;
  /** Its share of the thread's time, with the tasks below it, compared to the others; above 0. */
  readonly weight?: number | undefined;
}

/** @internal */
export interface TaskSpec<out T = unknown> {
  readonly body: Program<T, LoopEvent>;
  /** The function that was called to spawn it, for errors. */
  readonly caller: string;
  readonly name?: string | undefined;
  readonly hints?: SchedulingHints | undefined;
  readonly flags: number;
  /** `ScopeOptions.ended`. */
  readonly ended?: ((child: Task) => void) | undefined;
}
