export { all } from './all.js';
export { allSettled, type Settled, type SettledOf } from './all-settled.js';
export type { AnyBody, Bodies, EventsIn, ValueOf, ValuesOf } from './bodies.js';
export { Completions, type NextCompletion } from './completions.js';
export { group } from './group.js';
export { type ConcurrencyOptions, forEach, map } from './map.js';
export { any, race } from './race.js';
export { type Branches, type Select, type Selected, select } from './select.js';
export {
  type Handshake,
  type MustStart,
  NotStartedError,
  type Started,
  type StartedValue,
  started,
} from './started.js';
export { GroupEndedError, type MustName, type StartOptions, TaskGroup } from './task-group.js';
