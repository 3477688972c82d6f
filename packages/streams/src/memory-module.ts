import { handlerModule } from '@escapement/wiring';
import { MemoryHandler } from './memory/gate.js';

/** Handles the waits of streams in memory, under every strategy. Load `sleepModule`, too, for their delays. */
export const memoryModule = handlerModule(MemoryHandler);
