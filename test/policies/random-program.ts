import {
  type Coroutine,
  type Pause,
  pause,
  type SleepFor,
  type Spawn,
  type SpawnOptions,
  sleep,
  spawn,
} from 'escapement';
import fc from 'fast-check';
import type { VirtualClock } from '../support/virtual-loop.js';

/** What a task does, one after the other: works for some time, pauses, sleeps, or spawns a task. */
export type Action =
  | { readonly what: 'work'; readonly time: number }
  | { readonly what: 'sleep'; readonly time: number }
  | { readonly what: 'pause' }
  | { readonly what: 'spawn'; readonly options: SpawnOptions; readonly actions: readonly Action[] };

// Few different numbers, so that many are equal, and all of them exact in a float.
const time = fc.integer({ min: 0, max: 6 }).map(quarters => quarters / 4);
const work = fc.record({ what: fc.constant('work' as const), time });
const sleeping = fc.record({ what: fc.constant('sleep' as const), time });
const pausing = fc.record({ what: fc.constant('pause' as const) });
const options: fc.Arbitrary<SpawnOptions> = fc.record(
  {
    priority: fc.constantFrom(-2, 0, 1, 3, Infinity, -Infinity),
    deadline: fc.constantFrom(1, 3, 10, Infinity),
    weight: fc.constantFrom(0.5, 1, 2, 8),
  },
  { requiredKeys: [] },
);

const { list } = fc.letrec<{ list: readonly Action[]; spawning: Action }>(tie => ({
  list: fc.array(fc.oneof({ depthSize: 'medium' }, pausing, work, sleeping, tie('spawning')), { maxLength: 12 }),
  spawning: fc.record({ what: fc.constant('spawn' as const), options, actions: tie('list') }),
}));

export const anyProgram: fc.Arbitrary<readonly Action[]> = list;

/** A program that does so. Work moves the clock. */
export function* programOf(actions: readonly Action[], clock: VirtualClock): Coroutine<void, Pause | SleepFor | Spawn> {
  for (const action of actions) {
    if (action.what === 'work') clock.time += action.time;
    else if (action.what === 'pause') yield* pause();
    else if (action.what === 'sleep') yield* sleep(action.time);
    else yield* spawn(() => programOf(action.actions, clock), action.options);
  }
}
