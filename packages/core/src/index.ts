export { type Call, call } from './call.js';
export { Clock } from './clock.js';
export { type AnyBody, all, type Bodies, type EventsIn, type ValueOf, type ValuesOf } from './combinators/all.js';
export { allSettled, type Settled, type SettledOf } from './combinators/all-settled.js';
export { type ConcurrencyOptions, forEach, map } from './combinators/map.js';
export { any, race } from './combinators/race.js';
export { ContextKey, type GetContext, getContext, type SetContext, withContext } from './context.js';
export type { Coroutine, Program, Sent, Yieldable } from './coroutine.js';
export { type CurrentTask, currentTask, ensure, onCancel } from './current-task.js';
export * from './errors.js';
export { EventHandler } from './event-handler.js';
export {
  type CoreEvent,
  EventLoop,
  type EventLoopConstructor,
  type EventsServedBy,
  type LoopOptions,
} from './event-loop.js';
export { FifoPolicy } from './fifo-policy.js';
export type { Duration, Instant } from './instant.js';
export type { Instrument } from './instrument.js';
export type { Join } from './join.js';
export { type EventClass, LoopEvent, type ResultOf } from './loop-event.js';
export type { LoopWarning } from './loop-warning.js';
export { type Now, now } from './now.js';
export { type Pause, pause } from './pause.js';
export { runningTask } from './running-task.js';
export { SchedulingPolicy } from './scheduling-policy.js';
export { type Scope, scope, shield, supervise } from './scope.js';
export { SleepStrategy, type Waits } from './sleep-strategy.js';
export { type Spawn, type SpawnOptions, spawn } from './spawn.js';
export type { Task } from './task.js';
export type { TaskResult, TaskState } from './task-state.js';
export type { Waiter } from './waiter.js';
export { Wakeup } from './wakeup.js';
