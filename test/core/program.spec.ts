import { Lock, Queue, Semaphore, SyncHandler } from '@escapement/sync';
import { expect } from 'chai';
import {
  all,
  allSettled,
  any,
  bodyOf,
  ContextKey,
  type Coroutine,
  call,
  currentTask,
  deadline,
  ensure,
  forEach,
  LoopEvent,
  map,
  moveOnAfter,
  moveOnAt,
  pause,
  race,
  retry,
  scope,
  shield,
  sleep,
  spawn,
  supervise,
  type Task,
  timeout,
  withContext,
} from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';

// Every function that takes a program, with everything that can be given to it.

// biome-ignore lint/suspicious/noExplicitAny: what is given is wrong on purpose
type Anything = any;
type Taker = (program: Anything) => Anything;

const key = new ContextKey<string>('key');
const permits = new Semaphore(1);

/** Those that are given the program itself. */
const TAKERS: Readonly<Record<string, Taker>> = {
  spawn: program => joined(spawn(program)),
  scope,
  shield,
  supervise,
  timeout: program => timeout(1000, program),
  deadline: program => deadline(Infinity, program),
  moveOnAfter: program => moveOnAfter(1000, program),
  moveOnAt: program => moveOnAt(Infinity, program),
  withContext: program => withContext(key, 'value', program),
  all: program => first(all([program])),
  allSettled: program => settled(allSettled([program])),
  race: program => race([program]),
  any: program => unwrapped(any([program])),
  'lock.with': program => new Lock().with(program),
  'semaphore.with': program => permits.with(program),
};

/** Those that pass their limit to a function; all others nothing. */
const LIMITS = ['timeout', 'deadline', 'moveOnAfter', 'moveOnAt'];

/** Those that call a function to make each program, by that function. */
const CALLERS: Readonly<Record<string, (make: Anything) => Anything>> = {
  call: make => call(make),
  map: make => first(map([1], make)),
  forEach: make => forEach([1], make),
  retry: make => retry(make),
  'queue.forEach': make => {
    const queue = new Queue<number>();
    queue.tryPut(1);
    queue.close();
    return queue.forEach(make);
  },
};

const GIVES_NO_VALUE = ['forEach', 'queue.forEach'];

class Event extends LoopEvent<void> {
  readonly kind = 'event';
}

async function* asyncGenerator() {}

/** What is no program, how the error calls it, and what it advises. */
const WRONG: Readonly<Record<string, { given: unknown; shown: string; advice: string }>> = {
  nothing: { given: undefined, shown: 'undefined', advice: '`function*`' },
  null: { given: null, shown: 'null', advice: '`function*`' },
  'a number': { given: 5, shown: '5', advice: '`function*`' },
  'a boolean': { given: true, shown: 'true', advice: '`function*`' },
  'a string': { given: 'main', shown: '"main"', advice: '`function*`' },
  'a plain object': { given: {}, shown: 'an object of class Object', advice: '`function*`' },
  'a promise': { given: Promise.resolve(1), shown: 'a promise', advice: '' },
  'an array': { given: [sleep(1)], shown: 'an array of 1', advice: 'all([...])' },
  'a Map': { given: new Map(), shown: 'an object of class Map', advice: 'all([...])' },
  'a Set': { given: new Set(), shown: 'an object of class Set', advice: 'all([...])' },
  bytes: { given: new Uint8Array(2), shown: 'an object of class Uint8Array', advice: 'all([...])' },
  'an async generator': { given: asyncGenerator(), shown: '', advice: '`function*` instead of `async function`' },
};

const WRONG_FUNCTIONS: typeof WRONG = {
  'an async function': {
    given: async function load() {},
    shown: 'the async function load',
    advice: '`function*` instead of `async function`',
  },
  'an async generator function': {
    given: asyncGenerator,
    shown: 'the async generator function asyncGenerator',
    advice: '`function*` instead of `async function`',
  },
  'a class': { given: Event, shown: 'the class Event', advice: 'new Event(...)' },
};

function* joined(spawned: Anything): Coroutine<unknown, LoopEvent> {
  return yield* (yield* spawned).join();
}

function* first(list: Anything): Coroutine<unknown, LoopEvent> {
  return (yield* list)[0];
}

function* settled(list: Anything): Coroutine<unknown, LoopEvent> {
  const [outcome] = yield* list;
  if (outcome.state === 'failed') throw outcome.error;
  return outcome.value;
}

/** `any` puts the one error that there is into an aggregate. */
function* unwrapped(body: Anything): Coroutine<unknown, LoopEvent> {
  try {
    return yield* body;
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error;
  }
}

function loop() {
  return virtualLoop({ handlers: [new SyncHandler()] }).loop as Anything;
}

/** What `program` throws at its `yield*`, having yielded nothing to the loop before that. */
function thrownInside(make: () => Anything): Error | undefined {
  return loop().runSync(function* main(): Coroutine<unknown, LoopEvent> {
    const program = make();
    try {
      yield* program;
    } catch (error) {
      return error;
    }
    return undefined;
  });
}

function expectRefusal(error: unknown, message: string, advice: string): void {
  expect(error).to.have.property('code', 'ESC_NOT_A_COROUTINE');
  expect((error as Error).message)
    .to.include(message)
    .and.include(advice);
  expect((error as Error).message).to.include('expected a coroutine, an event, or a function that makes one');
}

function* returning<T>(value: T): Coroutine<T> {
  return value;
}

describe('a program', () => {
  for (const [name, take] of Object.entries(TAKERS)) {
    describe(`given to ${name}`, () => {
      it('is a coroutine, an event, an object that iterates over events, or a function that makes one', () => {
        expect(loop().runSync(take(returning(5)))).to.equal(5);
        expect(loop().runSync(take(() => returning(5)))).to.equal(5);
        expect(
          loop().runSync(
            take(function* () {
              yield* pause();
              return 5;
            }),
          ),
        ).to.equal(5);
        expect(loop().runSync(take({ [Symbol.iterator]: () => returning(5) }))).to.equal(5);
        expect(loop().runSync(take(currentTask()))).to.have.property('state', 'succeeded');
        expect(loop().runSync(take(currentTask))).to.have.property('state', 'succeeded');
      });

      it('calls the function once, with no arguments, at the yield*', () => {
        const calls: unknown[][] = [];
        const make = (...args: unknown[]) => {
          calls.push(args);
          return returning(5);
        };
        loop().runSync(function* (): Coroutine<void, LoopEvent> {
          const taken = take(make);
          expect(calls).to.deep.equal([]);
          yield* taken;
          expect(calls.map(({ length }) => length)).to.deep.equal([LIMITS.includes(name) ? 1 : 0]);
          if (LIMITS.includes(name)) expect(calls[0]![0]).to.have.property('deadline');
        });
      });

      it('throws what the function throws, like an error of its coroutine', () => {
        const broken = new Error('broken');
        const make = () => {
          throw broken;
        };
        expect(thrownInside(() => take(make))).to.equal(broken);
      });

      for (const [what, { given, shown, advice }] of Object.entries({ ...WRONG, ...WRONG_FUNCTIONS })) {
        it(`is refused at the yield*, by name, if it is ${what}`, () => {
          expectRefusal(
            thrownInside(() => take(given)),
            `${name} got ${shown}`,
            advice,
          );
        });
      }

      for (const [what, { given, shown, advice }] of Object.entries({ ...WRONG, ...WRONG_FUNCTIONS })) {
        it(`is refused, by name, if it is a function that returns ${what}`, () => {
          const make = function load() {
            return given;
          };
          const error = thrownInside(() => take(make));
          const isAsync = what === 'an async function' || what === 'an async generator function';
          expectRefusal(
            error,
            `${name} got the function load, which returned ${shown}`,
            isAsync ? '' : adviceOf(what, advice),
          );
        });
      }
    });
  }

  for (const [name, take] of Object.entries(CALLERS)) {
    describe(`made for ${name}`, () => {
      it('is a coroutine, an event, or a function that makes one', () => {
        const expected = GIVES_NO_VALUE.includes(name) ? undefined : 5;
        expect(loop().runSync(take(() => returning(5)))).to.equal(expected);
        expect(loop().runSync(take(() => () => returning(5)))).to.equal(expected);
        expect(loop().runSync(take(() => pause()))).to.equal(undefined);
      });

      it('is refused by name where there is no function to make it', () => {
        for (const given of [undefined, null, 5, 'main', {}, [], returning(5), sleep(1), Promise.resolve()]) {
          const error = thrownInside(() => take(given));
          expect(error).to.have.property('code', 'ESC_NOT_A_FUNCTION');
          expect(error?.message).to.match(new RegExp(`^${name} got .*, expected a function that makes a coroutine`));
        }
      });

      for (const [what, { given, shown, advice }] of Object.entries(WRONG_FUNCTIONS)) {
        it(`is refused, by name, where ${what} would make it`, () => {
          expectRefusal(
            thrownInside(() => take(given)),
            `${name} got ${shown}`,
            advice,
          );
        });
      }

      for (const [what, { given, shown }] of Object.entries({ ...WRONG, ...WRONG_FUNCTIONS })) {
        it(`is refused, by name, if the function returns ${what}`, () => {
          const make = function load() {
            return given;
          };
          const isFunction = typeof given === 'function';
          const got = isFunction ? shown : `the function load, which returned ${shown}`;
          expectRefusal(
            thrownInside(() => take(make)),
            `${name} got ${got}`,
            '',
          );
        });
      }
    });
  }

  for (const [what, { given, shown }] of Object.entries({ ...WRONG, ...WRONG_FUNCTIONS })) {
    it(`is refused by run, runSync and loop.spawn at the call, by ensure at its yield*, if it is ${what}`, async () => {
      expect(() => loop().runSync(given)).to.throw(`runSync got ${shown}`);
      expect(() => loop().spawn(given)).to.throw(`spawn got ${shown}`);
      expectRefusal(
        await loop()
          .run(given)
          .catch((error: unknown) => error),
        `run got ${shown}`,
        '',
      );
      expectRefusal(
        thrownInside(() => ensure(given as Anything)),
        `ensure got ${shown}`,
        '',
      );
    });
  }

  it('gives its task the name of its function', () => {
    function* download(): Coroutine<string, LoopEvent> {
      return (yield* currentTask()).name;
    }
    const named = function* (): Coroutine<unknown, LoopEvent> {
      const given = yield* (yield* spawn(download, { name: 'own' })).join();
      const spawned = yield* (yield* spawn(download)).join();
      const nameless = yield* (yield* spawn(() => download())).join();
      return [given, spawned, nameless, yield* scope(download), yield* all([download]), yield* scope(() => download())];
    };
    const names = loop().runSync(named);
    expect(names).to.deep.equal(['own', 'download', 'task-4', 'download', ['download'], 'scope of named']);
    expect(loop().runSync(download)).to.equal('download');
    expect(loop().runSync(() => download())).to.equal('main');
  });

  it('whose task is cancelled before its first step has been called, and does not run', () => {
    const log: string[] = [];
    loop().runSync(function* (): Coroutine<void, LoopEvent> {
      const task = yield* spawn(() => {
        log.push('called');
        return (function* (): Coroutine<void> {
          log.push('ran');
        })();
      });
      task.cancel();
    });
    expect(log).to.deep.equal(['called']);
  });

  it('in a list is not started when another one in it is wrong', () => {
    const log: string[] = [];
    const make = () => {
      log.push('called');
      return pause();
    };
    for (const combine of [all, allSettled, race, any] as Taker[]) {
      const error = thrownInside(() => combine([make, 5]));
      expect(error).to.have.property('code', 'ESC_NOT_A_COROUTINE');
    }
    expect(log).to.deep.equal([]);
  });

  for (const [name, combine] of Object.entries({ all, allSettled, race, any }) as [string, Taker][]) {
    it(`given to ${name} without a list is refused with a sentence`, () => {
      const given = [returning(1), () => returning(1), sleep(1), undefined, null, 5, 'ab', new Set(), new Map()];
      for (const wrong of [...given, Promise.resolve(), new Uint8Array(1), [].values()]) {
        const error = thrownInside(() => combine(wrong));
        expect(error).to.have.property('code', 'ESC_NOT_A_LIST');
        expect(error?.message).to.match(
          new RegExp(`^${name} got .*, expected an array.* Write ${name}\\(\\[a, b\\]\\)`),
        );
      }
    });
  }

  it('of ensure is called when the clean-up begins; an error there fails the task', () => {
    const log: string[] = [];
    const tidy = () => {
      log.push('tidied');
      return pause();
    };
    loop().runSync(function* (): Coroutine<void, LoopEvent> {
      yield* ensure(tidy);
      yield* pause();
      log.push('ends');
    });
    expect(log).to.deep.equal(['ends', 'tidied']);
    const broken = new Error('broken');
    const throws = () => {
      throw broken;
    };
    expect(() => loop().runSync(() => ensure(throws))).to.throw('broken');
    expect(() => loop().runSync(() => ensure((() => 5) as never))).to.throw(
      'ensure got the function (anonymous), which',
    );
  });

  it('that is invalid is not retried by retry', () => {
    let calls = 0;
    const make = () => {
      calls++;
      return 5 as never;
    };
    expectRefusal(
      thrownInside(() => retry(make, { attempts: 3 })),
      'retry got the function make, which returned 5',
      '',
    );
    expect(calls).to.equal(1);
  });

  it('may be a task, which it joins', () => {
    const values = loop().runSync(function* (): Coroutine<unknown, LoopEvent> {
      const task: Task<number> = yield* spawn(returning(5));
      return [yield* task, yield* task, yield* all([task, task]), yield* timeout(1, task)];
    });
    expect(values).to.deep.equal([5, 5, [5, 5], 5]);
    const broken = new Error('broken');
    const caught = loop().runSync(function* (): Coroutine<unknown, LoopEvent> {
      try {
        yield* supervise(function* () {
          yield* yield* spawn(() => {
            return (function* (): Coroutine<void> {
              throw broken;
            })();
          });
        });
      } catch (error) {
        return error;
      }
      return undefined;
    });
    expect(caught).to.equal(broken);
  });

  it("is what a plugin's function takes with bodyOf", () => {
    function* twice<T, E extends LoopEvent>(make: () => Coroutine<T, E>): Coroutine<[T, T], E> {
      return [yield* bodyOf('twice', make), yield* bodyOf('twice', make)];
    }
    expect(loop().runSync(twice(() => returning(5)))).to.deep.equal([5, 5]);
    expect(() => bodyOf('twice', 5 as never)).to.throw('twice got 5, expected a coroutine');
  });

  it('that is a promise after a yield*: the error says what to write', () => {
    const promise: Anything = Promise.resolve(1);
    const returns = { promise: () => promise };
    const programs = [
      function* () {
        yield* promise;
      },
      function* () {
        yield* returns.promise();
      },
      function* () {
        yield* yield* spawn(function* () {
          yield* promise;
        });
      },
    ];
    for (const program of programs) {
      let thrown: Error | undefined;
      try {
        loop().runSync(program);
      } catch (error) {
        thrown = error as Error;
      }
      expect(thrown).to.be.instanceOf(TypeError);
      const [line, ...frames] = (thrown as Error).stack!.split('\n');
      expect(line)
        .to.include('is not iterable')
        .and.include('write `yield* resolved(promise)`, from @escapement/promises');
      expect(frames[0]).to.include('program.spec');
    }
  });
});

/** A promise that a function returned was made by an async function, most likely; and who returns a class has forgotten `new`. */
function adviceOf(what: string, advice: string): string {
  return what === 'a promise' ? '`function*` instead of `async function`' : advice;
}
