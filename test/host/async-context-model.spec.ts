import { AsyncLocalStorage } from 'node:async_hooks';
import type { EnterContext } from '@escapement/host';
import { AsyncContext, withStore } from '@escapement/host';
import { expect } from 'chai';
import {
  type CoreEvent,
  type Coroutine,
  type EventLoop,
  ensure,
  type LoopEvent,
  pause,
  type SleepFor,
  scope,
  sleep,
  spawn,
} from 'escapement';
import fc from 'fast-check';
import { virtualLoop } from '../support/virtual-loop.js';

// Random trees of tasks that change their stores and spawn, compared with a model that knows nothing of loops: each task has a
// copy of its spawner's stores.

const STORAGES = [new AsyncLocalStorage<number>(), new AsyncLocalStorage<number>(), new AsyncLocalStorage<number>()];

type Action =
  | { readonly do: 'look' | 'pause' }
  | { readonly do: 'sleep'; readonly ms: number }
  | { readonly do: 'enter' | 'run'; readonly storage: number; readonly store: number }
  | { readonly do: 'spawn' | 'scope' | 'ensure'; readonly body: Action[] }
  | { readonly do: 'spawn by host code'; readonly storage: number; readonly store: number; readonly body: Action[] }
  | {
      readonly do: 'with';
      readonly storage: number;
      readonly store: number;
      readonly fails: boolean;
      readonly body: Action[];
    };

const change = { storage: fc.nat(STORAGES.length - 1), store: fc.nat(99) };
const { body: actions } = fc.letrec<{ body: Action[]; action: Action }>(tie => ({
  body: fc.array(tie('action'), { maxLength: 5, depthIdentifier: 'tasks' }),
  action: fc.oneof(
    { depthIdentifier: 'tasks' },
    fc.record({ do: fc.constantFrom('look', 'pause') }) as fc.Arbitrary<Action>,
    fc.record({ do: fc.constant('sleep'), ms: fc.nat(3) }) as fc.Arbitrary<Action>,
    fc.record({ do: fc.constantFrom('enter', 'run'), ...change }) as fc.Arbitrary<Action>,
    fc.record({ do: fc.constantFrom('spawn', 'spawn', 'scope', 'ensure'), body: tie('body') }) as fc.Arbitrary<Action>,
    fc.record({ do: fc.constant('spawn by host code'), ...change, body: tie('body') }) as fc.Arbitrary<Action>,
    fc.record({ do: fc.constant('with'), ...change, fails: fc.boolean(), body: tie('body') }) as fc.Arbitrary<Action>,
  ),
}));

/** What each task saw, in its order: by the place of the task in the program. */
type Sights = Map<string, string[]>;
type Stores = readonly (number | undefined)[];

function note(sights: Sights, task: string, stores: Stores): void {
  const own = sights.get(task) ?? [];
  sights.set(task, [...own, stores.join()]);
}

function replaced(stores: Stores, { storage, store }: { readonly storage: number; readonly store: number }): Stores {
  return stores.map((before, index) => (index === storage ? store : before));
}

/** The task, and its clean-ups, each of which is a task of its own. */
function predictTask(body: readonly Action[], task: string, inherited: Stores, sights: Sights): void {
  const cleanups: Action[][] = [];
  const last = predictBody(body, task, inherited, sights, cleanups);
  for (const [index, cleanup] of cleanups.entries()) predictTask(cleanup, `${task} clean-up ${index}`, last, sights);
}

/** @returns the stores at the end */
function predictBody(
  body: readonly Action[],
  task: string,
  initial: Stores,
  sights: Sights,
  cleanups: Action[][],
): Stores {
  let stores = initial;
  note(sights, task, stores);
  for (const [index, action] of body.entries()) {
    const name = `${task}.${index}`;
    if (action.do === 'enter') stores = replaced(stores, action);
    else if (action.do === 'run') note(sights, task, replaced(stores, action));
    else if (action.do === 'ensure') cleanups.push(action.body);
    else if (action.do === 'spawn' || action.do === 'scope') predictTask(action.body, name, stores, sights);
    else if (action.do === 'spawn by host code') predictTask(action.body, name, replaced(stores, action), sights);
    else if (action.do === 'with') predictBody(action.body, name, replaced(stores, action), sights, cleanups);
    note(sights, task, stores);
  }
  return stores;
}

/** The task to which the clean-ups belong. */
interface Owner {
  readonly name: string;
  cleanups: number;
}

type Events = CoreEvent | SleepFor | EnterContext;

class Program {
  readonly sights: Sights = new Map();

  constructor(readonly loop: EventLoop<LoopEvent>) {}

  look(task: string): void {
    note(
      this.sights,
      task,
      STORAGES.map(storage => storage.getStore()),
    );
  }

  *task(body: readonly Action[], name: string): Coroutine<void, Events> {
    yield* this.play(body, name, { name, cleanups: 0 });
  }

  *play(body: readonly Action[], place: string, owner: Owner): Coroutine<void, Events> {
    this.look(place);
    for (const [index, action] of body.entries()) {
      yield* this.act(action, place, `${place}.${index}`, owner);
      this.look(place);
    }
  }

  *act(action: Action, place: string, name: string, owner: Owner): Coroutine<void, Events> {
    if (action.do === 'pause') yield* pause();
    else if (action.do === 'sleep') yield* sleep(action.ms);
    else if (action.do === 'enter') STORAGES[action.storage]!.enterWith(action.store);
    else if (action.do === 'run') STORAGES[action.storage]!.run(action.store, () => this.look(place));
    else if (action.do === 'spawn') yield* spawn(this.task(action.body, name));
    else if (action.do === 'scope') yield* scope(this.task(action.body, name));
    else if (action.do === 'ensure')
      yield* ensure(this.task(action.body, `${owner.name} clean-up ${owner.cleanups++}`));
    else if (action.do === 'with') yield* this.with(action, name, owner);
    else if (action.do === 'spawn by host code') {
      STORAGES[action.storage]!.run(action.store, () => this.loop.spawn(this.task(action.body, name)));
    }
  }

  *with(action: Action & { do: 'with' }, place: string, owner: Owner): Coroutine<void, Events> {
    const body = function* (this: Program) {
      yield* this.play(action.body, place, owner);
      if (action.fails) throw new Error('expected');
    };
    try {
      yield* withStore(STORAGES[action.storage]!, action.store, body.call(this));
    } catch (error) {
      if ((error as Error).message !== 'expected') throw error;
    }
  }
}

describe('the async contexts of random trees of tasks', () => {
  it('are those of a model in which each task has a copy of the stores of its spawner', function () {
    this.timeout(20_000);
    fc.assert(
      fc.property(actions, fc.array(fc.nat(99), { minLength: 3, maxLength: 3 }), (body, initial) => {
        const expected: Sights = new Map();
        predictTask(body, 'main', initial, expected);
        const context = new AsyncContext();
        const { loop } = virtualLoop({ handlers: [context], instruments: [context] });
        const program = new Program(loop as EventLoop<LoopEvent>);
        const run = () => loop.runSync(program.task(body, 'main'));
        const [first, second, third] = STORAGES;
        first!.run(initial[0]!, () => second!.run(initial[1]!, () => third!.run(initial[2]!, run)));
        expect(Object.fromEntries(program.sights)).to.deep.equal(Object.fromEntries(expected));
        expect(STORAGES.map(storage => storage.getStore())).to.deep.equal([undefined, undefined, undefined]);
      }),
      { numRuns: 300 },
    );
  });
});
