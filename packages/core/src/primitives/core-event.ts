import type { SelfServedEvent } from '../tasks/self-served-event.js';
import type { Call } from './call.js';
import type { GetContext, SetContext } from './context.js';
import type { CurrentTask } from './current-task.js';
import type { Now } from './now.js';
import type { Pause } from './pause.js';
import type { Spawn } from './spawn.js';
import type { Warn } from './warn.js';
import type { StartWatch } from './watch.js';

/** The events that every loop serves without a module: core's own, and those that serve themselves. */
export type CoreEvent =
  | Pause
  | Now
  | Spawn
  | SelfServedEvent
  | Call
  | CurrentTask
  | GetContext
  | SetContext
  | Warn
  | StartWatch;
