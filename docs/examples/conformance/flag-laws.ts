import { describe, it } from 'node:test';
import { handlerLaws } from '@escapement/conformance';
import { Flag, FlagHandler } from '../extending/flag.js';

handlerLaws(
  { describe, it },
  {
    handler: () => new FlagHandler(),
    pending() {
      const flag = new Flag();
      return { event: flag.raised(), happen: () => flag.raise() };
    },
  },
);
