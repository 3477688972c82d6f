import { handlerModule } from '@escapement/wiring';
import { LookupHandler } from './lookup-handler.js';

/** Host names. Sockets need `ioModule` and `sleepModule` beside it. */
export const netModule = handlerModule(LookupHandler);
