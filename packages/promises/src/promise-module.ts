import { handlerModule } from '@escapement/wiring';
import { PromiseHandler } from './promise-handler.js';

/** `resolved` and all that is built on it. Refused beside a strategy that never lets the host run. */
export const promiseModule = handlerModule(PromiseHandler);
