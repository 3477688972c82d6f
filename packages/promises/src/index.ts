export { abortable, type HostAbortSignal, type PlainAbortSignal } from './abortable.js';
export { Action, action, type Start, type Stoppable, type Undo } from './action.js';
export { ActionHandler } from './action-handler.js';
export { type EventsOptions, eventsOf, type PlainEmitter, type PlainEventTarget } from './events-of.js';
export {
  type HostSink,
  type PlainWritable,
  type PlainWritableStream,
  type PlainWriter,
  SinkClosedError,
  sinkOf,
} from './host-sink.js';
export { type ItemsOptions, itemsOf } from './items-of.js';
export { type DisposalEvent, manage, NotDisposableError, type Resource } from './manage.js';
export { type AsyncItemsEvent, forEachAsync, type MapAsyncOptions, mapAsync } from './map-async.js';
export { NotAPromiseError } from './not-a-promise-error.js';
export { type Produced, type Put, produce } from './produce.js';
export { PromiseHandler } from './promise-handler.js';
export type { Items, PlainReadableStream } from './pulled-source.js';
export { Resolved, resolved } from './resolved.js';
export {
  type Overflow,
  type PausableSource,
  type Source,
  SubscriptionOverflowError,
  type Unsubscribe,
} from './source.js';
export { subscribe } from './subscribe.js';
export { NextItem, type SubscribeOptions, type Subscription } from './subscription.js';
export { SubscriptionHandler } from './subscription-handler.js';
export type { CancelOptions, WhenCancelled } from './when-cancelled.js';
