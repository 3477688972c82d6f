export { abortable, type HostAbortSignal, type PlainAbortSignal } from './abortable.js';
export { type DisposalEvent, manage, NotDisposableError, type Resource } from './manage.js';
export { type AsyncItemsEvent, forEachAsync, mapAsync } from './map-async.js';
export { NotAPromiseError } from './not-a-promise-error.js';
export { PromiseHandler } from './promise-handler.js';
export { Resolved, resolved } from './resolved.js';
