import {
  type Coroutine,
  type Join,
  type Pause,
  pause,
  type SleepFor,
  type Spawn,
  sleep,
  spawn,
  type Task,
} from 'escapement';
import fc from 'fast-check';
import { Signal, type SignalHandler } from '../support/signal-event.js';
import type { VirtualClock } from '../support/virtual-loop.js';

/** What a task of a random program does, one after the other. */
export type Action =
  | { readonly what: 'work' | 'sleep'; readonly time: number }
  | { readonly what: 'pause' | 'receive' | 'send' }
  | { readonly what: 'fail' }
  | { readonly what: 'cancel' | 'join'; readonly child: number }
  | { readonly what: 'spawn'; readonly daemon: boolean; readonly actions: readonly Action[] };

// Quarters, which are exact in a float and in nanoseconds.
const time = fc.integer({ min: 0, max: 6 }).map(quarters => quarters / 4);
const timed = fc.record({ what: fc.constantFrom('work' as const, 'sleep' as const), time });
const plain = fc.record({ what: fc.constantFrom('pause' as const, 'receive' as const, 'send' as const) });
const child = fc.record({ what: fc.constantFrom('cancel' as const, 'join' as const), child: fc.nat(3) });

const { list } = fc.letrec<{ list: readonly Action[]; spawning: Action }>(tie => ({
  list: fc.array(
    fc.oneof(
      { depthSize: 'small' },
      { arbitrary: timed, weight: 4 },
      { arbitrary: plain, weight: 4 },
      { arbitrary: child, weight: 2 },
      { arbitrary: tie('spawning'), weight: 4 },
    ),
    { maxLength: 6 },
  ),
  spawning: fc.record({ what: fc.constant('spawn' as const), daemon: fc.boolean(), actions: tie('list') }),
}));

export const anyActions: fc.Arbitrary<readonly Action[]> = fc.oneof(
  { arbitrary: list, weight: 4 },
  { arbitrary: list.map(actions => [...actions, { what: 'fail' } as const]), weight: 1 },
);

/** Tasks that do so, each with a name of its own. A signal goes to the one that has waited longest, if any. */
export class BusyProgram {
  readonly #signals: Signal[] = [];

  constructor(
    private readonly clock: VirtualClock,
    private readonly handler: SignalHandler,
  ) {}

  *run(actions: readonly Action[], name = 't'): Coroutine<void, Pause | SleepFor | Spawn | Signal | Join<unknown>> {
    const children: Task[] = [];
    for (const action of actions) {
      if (action.what === 'work') this.clock.time += action.time;
      else if (action.what === 'pause') yield* pause();
      else if (action.what === 'sleep') yield* sleep(action.time);
      else if (action.what === 'receive') yield* this.#nextSignal();
      else if (action.what === 'send') this.#send();
      else if (action.what === 'fail') throw new Error(`${name} fails`);
      else if (action.what === 'cancel') children[action.child]?.cancel();
      else if (action.what === 'spawn') {
        const child = `${name}.${children.length}`;
        const { daemon } = action;
        children.push(yield* spawn(() => this.run(action.actions, child), { name: child, daemon }));
      } else if (action.what === 'join' && children[action.child]?.isCancelled === false) {
        yield* children[action.child]!.join();
      }
    }
  }

  #nextSignal(): Signal {
    const signal = new Signal();
    this.#signals.push(signal);
    return signal;
  }

  #send(): void {
    let signal = this.#signals.shift();
    while (signal !== undefined && !this.handler.waiting.has(signal)) signal = this.#signals.shift();
    if (signal !== undefined) this.handler.waiting.get(signal)!.resolve(undefined);
  }
}
