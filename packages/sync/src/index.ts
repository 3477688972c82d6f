export { InvalidCountError } from '@escapement/core';
export type { Acquire } from './acquire.js';
export { type AllArrived, Barrier } from './barrier.js';
export { Broadcast, type BroadcastOptions } from './broadcast.js';
export { Channel } from './channel.js';
export { Condition, type Notified } from './condition.js';
export { Deferred, type DeferredOptions, type DeferredResult, type DeferredSettled } from './deferred.js';
export {
  BroadcastClosedError,
  LockHeldError,
  LockNotHeldError,
  QueueClosedError,
  SemaphoreFullError,
} from './errors.js';
export { Lock } from './lock.js';
export { Queue, type QueueOptions, type QueueOverflow } from './queue.js';
export type { Get, Next, Put, Take } from './queue-events.js';
export { Semaphore, type SemaphoreOptions, type SemaphoreStatistics } from './semaphore.js';
export { Signal, type SignalSet } from './signal.js';
export type { Published, PublishedResult, Subscriber } from './subscriber.js';
export { SyncEvent } from './sync-event.js';
export { SyncHandler } from './sync-handler.js';
