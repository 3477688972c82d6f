import {
  type CoreEvent,
  type Coroutine,
  pause,
  type SleepFor,
  sleep,
  spawn,
  supervise,
  type Task,
  warn,
} from 'escapement';
import fc from 'fast-check';
import type { VirtualClock } from '../support/virtual-loop.js';

/** What a task of a random program does. */
export type Action =
  | { readonly do: 'pause' | 'fail' | 'cancel' }
  | { readonly do: 'warn'; readonly code: string }
  | { readonly do: 'sleep' | 'work'; readonly ms: number }
  | { readonly do: 'spawn' | 'supervise'; readonly body: readonly Action[] };

const leaves = [
  fc.record({ do: fc.constant('pause') }),
  fc.record({ do: fc.constantFrom('sleep', 'work'), ms: fc.nat(40) }),
  fc.record({ do: fc.constantFrom('sleep', 'work'), ms: fc.nat(3) }),
  fc.record({ do: fc.constant('warn'), code: fc.constantFrom('A', 'B', '__proto__') }),
  fc.record({ do: fc.constantFrom('fail', 'cancel', 'cancel') }),
] as fc.Arbitrary<Action>[];

export const { body: randomWork } = fc.letrec<{ body: Action[]; action: Action }>(tie => ({
  body: fc.array(tie('action'), { maxLength: 6, size: 'max' }),
  action: fc.oneof(
    // Without this, nearly all would be the first that is given.
    { maxDepth: 3, depthSize: 'max' },
    ...leaves.map(arbitrary => ({ weight: 2, arbitrary })),
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom('spawn', 'spawn', 'supervise'),
        body: tie('body'),
      }) as fc.Arbitrary<Action>,
    },
  ),
}));

/** Does it. A step takes time only through `work`. */
export function* perform(body: readonly Action[], clock: VirtualClock): Coroutine<void, CoreEvent | SleepFor> {
  let child: Task | undefined;
  for (const action of body) {
    if (action.do === 'pause') yield* pause();
    else if (action.do === 'sleep') yield* sleep(action.ms);
    else if (action.do === 'work') clock.time += action.ms;
    else if (action.do === 'spawn') child = yield* spawn(perform(action.body, clock));
    else if (action.do === 'supervise') yield* supervise(perform(action.body, clock));
    else if (action.do === 'warn') yield* warn(action.code, 'a warning');
    else if (action.do === 'cancel') child?.cancel();
    else throw new Error('fails');
  }
}
