import { type LoopModule, policyModule } from '@escapement/wiring';
import { type BackgroundLastOptions, BackgroundLastPolicy, patienceOf } from './background-last-policy.js';

/** Lets a loop run tasks of a priority below 0 last. See `BackgroundLastPolicy`. @throws InvalidArgumentError */
export function backgroundLastModule(options: BackgroundLastOptions = {}): LoopModule {
  // Wrong options are reported here, where they are written, and not where the loop is made.
  const patience = patienceOf(options);
  return policyModule(() => new BackgroundLastPolicy({ patience }));
}
