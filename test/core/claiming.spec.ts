import { expect } from 'chai';
import {
  type Call,
  type Coroutine,
  CoroutineReusedError,
  call,
  EventHandler,
  LoopEvent,
  type Pause,
  pause,
  type Spawn,
  spawn,
} from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';

class Bell extends LoopEvent<string> {
  override readonly kind = 'bell';
}

class BrokenBells extends EventHandler<Bell> {
  override readonly handles = Bell;
  override arm(): void {
    throw new Error('the bell has no clapper');
  }
  override disarm(): void {}
}

function* work(): Coroutine<string, Pause> {
  yield* pause();
  return 'done';
}

/** A generator function that is created in each call, as in a loop of a user's. */
function inlineWork(): Coroutine<string, Pause> {
  return (function* (): Coroutine<string, Pause> {
    yield* pause();
    return 'done';
  })();
}

function withOddPrototype(): Coroutine<string, Pause> {
  return Object.setPrototypeOf(work(), Object.create(Object.getPrototypeOf(work())));
}

function iteratorLikeAGenerator(): Coroutine<string, Pause> {
  const body = work();
  return {
    next: (message: never) => body.next(message),
    throw: (error: unknown) => body.throw(error),
    [Symbol.iterator]() {
      return this;
    },
  } as unknown as Coroutine<string, Pause>;
}

const MAKERS = {
  'a generator': work,
  'a generator of a new function': inlineWork,
  'a frozen generator': () => Object.freeze(work()),
  'a generator with a prototype in between': withOddPrototype,
  'an object that behaves like a generator': iteratorLikeAGenerator,
};

describe('A coroutine', () => {
  for (const [what, make] of Object.entries(MAKERS)) {
    it(`runs once, and is refused where it is used again: ${what}`, () => {
      const { loop } = virtualLoop();
      const body = make();
      expect(loop.runSync(() => make())).to.equal('done');
      expect(loop.runSync(body)).to.equal('done');
      const again: Record<string, () => unknown> = {
        run: () => loop.runSync(body),
        'a function': () => loop.runSync(() => body),
        spawn: () =>
          loop.runSync(function* (): Coroutine<void, Pause | Spawn> {
            yield* spawn(body);
          }),
        call: () =>
          loop.runSync(function* () {
            return yield* call(() => body);
          }),
      };
      for (const [how, use] of Object.entries(again)) expect(use, how).to.throw(CoroutineReusedError);
    });
  }

  it('is refused while another task runs it, too', () => {
    const { loop } = virtualLoop();
    for (const make of Object.values(MAKERS)) {
      const body = make();
      const twice = function* (): Coroutine<void, Pause | Spawn> {
        yield* spawn(body);
        yield* pause();
        yield* spawn(body);
      };
      expect(() => loop.runSync(twice)).to.throw(CoroutineReusedError);
    }
  });

  it('that a generator function makes is new in each call: the function may run any number of times', () => {
    const { loop } = virtualLoop();
    expect([loop.runSync(work), loop.runSync(work), loop.runSync(work.bind(null))]).to.deep.equal(
      Array(3).fill('done'),
    );
  });
});

describe('An event in the place of a coroutine', () => {
  it('passes the error of its handler on, to a joiner and to a caller', () => {
    const { loop } = virtualLoop({ handlers: [new BrokenBells()] });
    const message = /the bell has no clapper/;
    expect(() => loop.runSync(new Bell())).to.throw(message);
    const calling = function* (): Coroutine<string, Bell | Call> {
      try {
        yield* call(() => new Bell());
        return 'nothing thrown';
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(loop.runSync(calling)).to.match(message);
    const joining = function* (): Coroutine<string, Bell | Pause | Spawn> {
      try {
        yield* spawn(new Bell());
        yield* pause();
        return 'nothing thrown';
      } finally {
        yield* pause();
      }
    };
    expect(() => loop.runSync(joining)).to.throw(message);
  });
});
