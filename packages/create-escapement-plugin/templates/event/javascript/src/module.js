import { handlerModule } from '@escapement/wiring';
import { LatchHandler } from './latch-handler.js';

/** Teaches a loop to wait for latches. */
export const latchModule = /* @__PURE__ */ handlerModule(() => new LatchHandler());
