import fc from 'fast-check';
import './fresh-bundles.js';

// A local run explores at random. CI always plays the same programs, so that its result is reproducible.
if (process.env.CI) fc.configureGlobal({ seed: 20261122 });
