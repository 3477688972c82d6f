import fc from 'fast-check';

// Everybody explores at random; CI, whose verdict has to mean the same twice, always plays the same programs.
if (process.env.CI) fc.configureGlobal({ seed: 20261122 });
