import { describe, it } from 'node:test';
import { handlerLaws } from '@escapement/conformance';
import { Latch } from './latch.js';
import { LatchHandler } from './latch-handler.js';

handlerLaws(
  { describe, it },
  {
    handler: () => new LatchHandler(),
    ordered: true,
    pending() {
      const latch = new Latch(1);
      return { event: latch.opened(), happen: () => latch.countDown() };
    },
  },
);
