import { building } from './building.js';
import type { Contest } from './contest.js';
import { earlyWakes, idleCpu, lateness } from './lateness.js';
import { sleepers } from './sleepers.js';
import { spawning } from './spawning.js';
import { switching } from './switching.js';

/** In the order of the report. */
export const contests: readonly Contest[] = [switching, spawning, sleepers, lateness, earlyWakes, idleCpu, building];
