import { expect } from 'chai';
import {
  all,
  allSettled,
  any,
  type Coroutine,
  type EscapementError,
  forEach,
  InvalidArgumentError,
  InvalidCountError,
  map,
  NotACoroutineError,
  pause,
  race,
  retry,
  sleep,
} from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';

describe('the arguments of combinators', () => {
  const { loop } = virtualLoop();

  for (const items of [5, null, undefined, {}]) {
    it(`map reports that it cannot iterate over ${JSON.stringify(items)}`, () => {
      const run = () => loop.runSync(map(items as never, () => pause()));
      expect(run).to.throw(InvalidArgumentError).with.property('code', 'ESC_NOT_ITERABLE');
    });
  }

  it('all and race report each its own form: a list or a record, or only a list', () => {
    expect(() => loop.runSync(all(5 as never))).to.throw(
      InvalidArgumentError,
      'an array or a plain object of programs',
    );
    expect(() => loop.runSync(race({ a: pause() } as never))).to.throw(
      InvalidArgumentError,
      'expected an array of programs',
    );
    expect(() => loop.runSync(all(new Set([pause()]) as never)))
      .to.throw(InvalidArgumentError)
      .with.property('code', 'ESC_NOT_A_LIST');
  });

  const lists = { all, race, any, allSettled } as unknown as Record<string, (...args: unknown[]) => never>;
  const { proxy: revoked, revoke } = Proxy.revocable([], {});
  revoke();
  const noLists = {
    'two coroutines': () => [pause(), pause()],
    'a function': () => [() => pause()],
    'a string': () => ['ab'],
    'a map': () => [new Map([['a', pause()]])],
    'what is like an array': () => [Object.assign(Object.create({}, {}), { length: 1, 0: pause() })],
    'a promise': () => [Promise.resolve([])],
    'a revoked proxy': () => [revoked],
    undefined: () => [],
  };

  for (const [name, combinator] of Object.entries(lists)) {
    for (const [what, args] of Object.entries(noLists)) {
      it(`${name} refuses ${what} instead of a list, and says what to write`, () => {
        const given = args();
        const isRecord = what === 'what is like an array' && (name === 'all' || name === 'allSettled');
        const run = () => loop.runSync(combinator(...given));
        // To a record nothing is wrong with `0`, but a length is no program.
        if (isRecord) expect(run).to.throw(NotACoroutineError, 'got 1');
        else
          expect(run).to.throw(InvalidArgumentError, `Write ${name}([a, b])`).with.property('code', 'ESC_NOT_A_LIST');
      });
    }

    it(`${name} refuses the hole of a list before anything starts`, () => {
      let started = false;
      function* starts() {
        started = true;
        yield* pause();
      }
      // biome-ignore lint/suspicious/noSparseArray: the subject
      expect(() => loop.runSync(combinator([starts, , starts]))).to.throw(NotACoroutineError, `${name} got undefined`);
      expect(started).to.equal(false);
    });

    for (const body of [async () => 1, async function* () {}, Promise.resolve(1), class Body {}, 5, null]) {
      it(`${name} refuses ${typeof body === 'function' ? body.constructor.name : String(body)} in a list`, () => {
        expect(() => loop.runSync(combinator([pause(), body]))).to.throw(NotACoroutineError, `${name} got`);
      });
    }
  }
});

/** An iterable whose iterator returns `step` each time. Throws instead of going on for ever. */
function repeating(step: unknown): Iterable<number> {
  let calls = 0;
  const next = () => {
    if (++calls > 5000) throw new Error('it was asked for ever');
    return step;
  };
  return { [Symbol.iterator]: () => ({ next }) as Iterator<number> };
}

describe('an iterable that is none', () => {
  const { loop } = virtualLoop();

  for (const [name, combinator] of Object.entries({ map: map as unknown as typeof forEach, forEach })) {
    for (const step of [5, 'step', undefined, null, () => 1, Promise.resolve({ done: false, value: 1 })]) {
      for (const concurrency of [1, Infinity]) {
        it(`is refused by ${name} at the first step that is ${typeof step}, ${concurrency} at a time`, () => {
          const run = () => loop.runSync(combinator(repeating(step), () => pause(), { concurrency }));
          expect(run).to.throw(InvalidArgumentError, '{ done, value }').with.property('code', 'ESC_NOT_ITERABLE');
        });
      }
    }

    for (const iterator of [{}, null, 5]) {
      it(`is refused by ${name} when its iterator is ${JSON.stringify(iterator)}`, () => {
        const items = { [Symbol.iterator]: () => iterator } as unknown as Iterable<number>;
        expect(() => loop.runSync(combinator(items, () => pause()))).to.throw(InvalidArgumentError, 'method next()');
      });
    }

    it(`is refused by ${name} with what to write instead`, () => {
      const wrong: [unknown, string][] = [
        [{ length: 2 }, 'Array.from(items)'],
        [{ a: 1 }, 'Object.entries(...)'],
        [(async function* () {})(), 'mapAsync'],
      ];
      for (const [items, advice] of wrong) {
        expect(() => loop.runSync(combinator(items as never, () => pause()))).to.throw(InvalidArgumentError, advice);
      }
    });
  }

  it('and one that never ends: the first wrong result shows, and so does a failure', () => {
    let taken = 0;
    const endless = {
      *[Symbol.iterator]() {
        for (;;) yield taken++;
      },
    };
    expect(() => loop.runSync(map(endless, () => 5 as unknown as Coroutine<number>))).to.throw(
      NotACoroutineError,
      'returned 5',
    );
    const fails = (item: number) => sleep(item === 300 ? -1 : 9);
    expect(() => loop.runSync(map(endless, fails))).to.throw('sleep');
    expect(taken).to.be.lessThan(5000);
  });

  it('is not a map, a set, a string or a generator: their items are taken', () => {
    const given = [new Map([['a', 1]]), new Set(['a']), 'a', ['a'].values()] as Iterable<unknown>[];
    for (const items of given) {
      const result = loop.runSync(
        map(items, function* (item) {
          yield* pause();
          return item;
        }),
      );
      expect(result.flat()).to.include('a');
    }
  });
});

describe('the options of map, forEach and retry', () => {
  const { loop } = virtualLoop();
  const work = () => pause();
  const codeOf = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      return (error as EscapementError).code;
    }
    return 'nothing was thrown';
  };

  for (const options of [4, '4', null, true, 4n, () => 4]) {
    it(`are refused when they are ${typeof options} ${options}`, () => {
      expect(codeOf(() => loop.runSync(map([1], work, options as never)))).to.equal('ESC_INVALID_ARGUMENT');
      expect(codeOf(() => loop.runSync(forEach([1], work, options as never)))).to.equal('ESC_INVALID_ARGUMENT');
      expect(codeOf(() => loop.runSync(retry(work, options as never)))).to.equal('ESC_INVALID_ARGUMENT');
    });
  }

  for (const count of [0, -1, 1.5, Number.NaN, -Infinity, 4n, '4', null, Symbol('4')]) {
    it(`have no count of ${typeof count} ${String(count)}`, () => {
      const many = { concurrency: count, attempts: count } as never;
      expect(() => loop.runSync(map([1], work, many))).to.throw(InvalidCountError, 'concurrency of map');
      expect(() => loop.runSync(retry(work, many))).to.throw(InvalidCountError, 'attempts of retry');
    });
  }

  it('have functions where they must', () => {
    for (const wrong of [5, 'f', null, {}, true]) {
      expect(codeOf(() => loop.runSync(retry(work, { backoff: wrong as never })))).to.equal('ESC_INVALID_ARGUMENT');
      expect(codeOf(() => loop.runSync(retry(work, { when: wrong as never })))).to.equal('ESC_INVALID_ARGUMENT');
    }
  });

  it('have no `when` that is async: its promise would always be a yes', () => {
    const fails = (): Coroutine<never> => {
      throw new Error('failed');
    };
    const run = () => loop.runSync(retry(fails, { when: (async () => false) as never }));
    expect(run).to.throw(InvalidArgumentError, 'when of retry returned a promise');
    expect(() => loop.runSync(retry(fails, { backoff: (async () => 1) as never }))).to.throw(
      'Wait for the promise first',
    );
  });
});
