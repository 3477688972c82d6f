import { describe, it } from 'node:test';
import { handlerLaws } from '@escapement/conformance';
import { Progress, ReachedHandler, Reporter } from '../extending/progress.js';

handlerLaws(
  { describe, it },
  {
    handler: () => new ReachedHandler(),
    pending() {
      const progress = new Progress();
      const reporter = new Reporter(progress.link); // the other thread, here
      return { event: progress.reached(1), happen: () => reporter.advance() };
    },
  },
);
