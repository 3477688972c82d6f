export { type AnyBody, all, type Bodies, type EventsIn, type ValueOf, type ValuesOf } from './combinators/all.js';
export { allSettled, type Settled, type SettledOf } from './combinators/all-settled.js';
export { type ConcurrencyOptions, forEach, map } from './combinators/map.js';
export { any, race } from './combinators/race.js';
export * from './errors/escapement-error.js';
export * from './errors/invalid-argument-error.js';
export { bodyOf, checkMaker, checkProgram } from './events/body-of.js';
export type { Coroutine, Program, Sent, Yieldable } from './events/coroutine.js';
export { coroutine } from './events/coroutine-function.js';
export * from './events/errors.js';
export { type EventClass, LoopEvent, type ResultOf } from './events/loop-event.js';
export { Clock } from './extension-points/clock.js';
export * from './extension-points/errors.js';
export { EventHandler } from './extension-points/event-handler.js';
export type { Duration, Instant } from './extension-points/instant.js';
export type { Instrument } from './extension-points/instrument.js';
export type { LoopWarning } from './extension-points/loop-warning.js';
export { SchedulingPolicy } from './extension-points/scheduling-policy.js';
export { SleepStrategy, type Waits } from './extension-points/sleep-strategy.js';
export { Wakeup } from './extension-points/wakeup.js';
export * from './loop/errors.js';
export { EventLoop, type EventLoopConstructor, type EventsServedBy } from './loop/event-loop.js';
export { FifoPolicy } from './loop/fifo-policy.js';
export type { Handled, ProgramOf } from './loop/handled-program.js';
export type { LoopOptions, RunOptions } from './loop/loop-options.js';
export { type Call, call } from './primitives/call.js';
export {
  ContextKey,
  type GetContext,
  getContext,
  NoContextError,
  type SetContext,
  withContext,
} from './primitives/context.js';
export type { CoreEvent } from './primitives/core-event.js';
export { type CurrentTask, currentTask, ensure, onCancel } from './primitives/current-task.js';
export type { Join } from './primitives/join.js';
export { type Now, now } from './primitives/now.js';
export { type Pause, pause } from './primitives/pause.js';
export { type Scope, type SuperviseOptions, scope, shield, supervise } from './primitives/scope.js';
export { type Spawn, type SpawnOptions, spawn } from './primitives/spawn.js';
export { type Warn, warn } from './primitives/warn.js';
export * from './tasks/errors.js';
export { runningTask } from './tasks/running-task.js';
export type { Task } from './tasks/task.js';
export type { TaskResult, TaskState } from './tasks/task-state.js';
export type { Waiter } from './tasks/waiter.js';
