import { handlerModule } from '@escapement/wiring';
import { SyncHandler } from './sync-handler.js';

/** Locks, semaphores, conditions, signals, barriers, queues and channels. Works with every strategy. */
export const syncModule = handlerModule(SyncHandler);
