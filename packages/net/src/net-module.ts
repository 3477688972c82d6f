import { handlerModule } from '@escapement/wiring';
import { LookupHandler } from './lookup-handler.js';

/** For host names. Sockets also need `ioModule` and `sleepModule`. */
export const netModule = handlerModule(LookupHandler);
