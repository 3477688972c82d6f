import { handlerModule } from '@escapement/wiring';
import { PromiseHandler } from './promise-handler.js';

/** For `resolved` and everything that is built on it. Rejected beside a strategy that never lets the host run. */
export const promiseModule = handlerModule(PromiseHandler);
