import { handlerModule } from '@escapement/wiring';
import { SyncHandler } from './sync-handler.js';

/** Handles every event of this package. Works with every strategy. */
export const syncModule = handlerModule(SyncHandler);
