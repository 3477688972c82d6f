import type { Join } from '../tasks/join.js';
import type { Call } from './call.js';
import type { GetContext, SetContext } from './context.js';
import type { CurrentTask } from './current-task.js';
import type { Now } from './now.js';
import type { Pause } from './pause.js';
import type { Scope } from './scope.js';
import type { Spawn } from './spawn.js';
import type { Warn } from './warn.js';
import type { StartWatch } from './watch.js';

/** The events that every loop serves without a module. */
export type CoreEvent =
  | Pause
  | Now
  | Spawn
  | Join
  | Scope
  | Call
  | CurrentTask
  | GetContext
  | SetContext
  | Warn
  | StartWatch;
