export { Fifo } from './collections/fifo.js';
export { WaitQueue } from './collections/wait-queue.js';
export { classNameOf, describe, has, isThenable, nameOf, safely, tagOf } from './errors/describe.js';
export * from './errors/escapement-error.js';
export * from './errors/invalid-argument-error.js';
export { isOfCore } from './errors/own-files.js';
export { bodyFrom, bodyOf, checkMaker, checkProgram, isGeneratorFunction, programName } from './events/body-of.js';
export { TwoCopiesError } from './events/core-copy.js';
export type { Coroutine, Program, Sent, Yieldable } from './events/coroutine.js';
export { coroutine } from './events/coroutine-function.js';
export { type CreationHook, type InStack, setCreationHook } from './events/creation-hook.js';
export * from './events/errors.js';
export type { Duration, Instant } from './events/instant.js';
export { type EventClass, eventName, LoopEvent, type ResultOf } from './events/loop-event.js';
export { Clock } from './extension-points/clock.js';
export * from './extension-points/errors.js';
export { EventHandler, type EventsServedBy } from './extension-points/event-handler.js';
export { INSTRUMENT_HOOKS, type Instrument, type LoopWarning } from './extension-points/instrument.js';
export { SchedulingPolicy } from './extension-points/scheduling-policy.js';
export { SleepStrategy, type Waits } from './extension-points/sleep-strategy.js';
export { Wakeup } from './extension-points/wakeup.js';
export * from './loop/errors.js';
export { EventLoop, type EventLoopConstructor } from './loop/event-loop.js';
export { FifoPolicy } from './loop/fifo-policy.js';
export type { Handled, ProgramOf } from './loop/handled-program.js';
export { hostTurn } from './loop/host-turn.js';
export type { KeepAlive } from './loop/keep-alive.js';
export type { HostSpawnOptions, LoopOptions, RunOptions } from './loop/loop-options.js';
export { type LoopMetrics, LoopView } from './loop/loop-view.js';
export { type Call, call } from './primitives/call.js';
export {
  contextValue,
  type GetContext,
  getContext,
  NoContextError,
  type SetContext,
  withContext,
} from './primitives/context.js';
export type { CoreEvent } from './primitives/core-event.js';
export { type CurrentTask, currentTask, ensure, onCancel } from './primitives/current-task.js';
export { type Now, now } from './primitives/now.js';
export { type Pause, pause } from './primitives/pause.js';
export {
  isScope,
  type Scope,
  type ScopeOptions,
  type SuperviseOptions,
  scope,
  shield,
  supervise,
} from './primitives/scope.js';
export { type Spawn, type SpawnOptions, spawn, spawnIn } from './primitives/spawn.js';
export { type Warn, warn, warnOf } from './primitives/warn.js';
export { type StartWatch, watch } from './primitives/watch.js';
export { chosenOrder } from './tasks/chosen-order.js';
export { ContextKey } from './tasks/context-entry.js';
export * from './tasks/errors.js';
export { ANSWERED, type Answer, type AttemptHook, ImmediateEvent, setAttemptHook } from './tasks/immediate-event.js';
export type { Join } from './tasks/join.js';
export { runningTask } from './tasks/running-task.js';
export { SelfServedEvent, startsWhenCancelled } from './tasks/self-served-event.js';
export type { Task } from './tasks/task.js';
export { limitDeadline } from './tasks/task-deadline.js';
export { failedInCleanup, hasSpawned } from './tasks/task-family.js';
export { failureOf, type TaskResult, valueOrThrow } from './tasks/task-outcome.js';
export { TaskSlot } from './tasks/task-slot.js';
export type { SchedulingHints } from './tasks/task-spec.js';
export type { ReadyCause, TaskState } from './tasks/task-state.js';
export type { Waiter } from './tasks/waiter.js';
export type { Watch, WatchTarget } from './tasks/watch.js';
