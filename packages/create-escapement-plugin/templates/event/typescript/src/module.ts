import { handlerModule } from '@escapement/wiring';
import { LatchHandler } from './latch-handler.js';

/** Teaches a loop to wait for latches. Its type names the event, so a program without the module does not compile. */
export const latchModule = /* @__PURE__ */ handlerModule(() => new LatchHandler());
