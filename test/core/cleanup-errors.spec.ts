import { expect } from 'chai';
import {
  all,
  allSettled,
  any,
  type Coroutine,
  ensure,
  map,
  type Program,
  race,
  retry,
  type Scope,
  type SleepFor,
  scope,
  shield,
  sleep,
  spawn,
  timeout,
} from 'escapement';
import { ChosenOrder, randomOrder } from '../support/chosen-order.js';
import { virtualLoop } from '../support/virtual-loop.js';

type Failing = () => Coroutine<void, SleepFor | Scope>;
// biome-ignore lint/suspicious/noExplicitAny: any nesting, any events
type Nested = Program<any, any>;

/** How a program that fails in its clean-up may be nested. */
const NESTED: Readonly<Record<string, (bad: Failing) => Nested>> = {
  'nothing else': bad => bad,
  scope: bad => scope(bad),
  all: bad => all([sleep(90), bad]),
  allSettled: bad => allSettled([bad, sleep(90)]),
  race: bad => race([bad, sleep(90)]),
  any: bad => any([sleep(90), bad]),
  map: bad => map([1, 2], bad, { concurrency: 1 }),
  retry: bad => retry(bad, { backoff: () => 1 }),
  timeout: bad => timeout(90, bad),
  'a race in a race': bad => race([race([bad, sleep(90)]), sleep(80)]),
  'any in allSettled in retry': bad => retry(() => allSettled([any([bad])])),
};

const failures: Readonly<Record<string, Failing>> = {
  'at once': function* () {
    try {
      yield* sleep(50);
    } finally {
      // biome-ignore lint/correctness/noUnsafeFinally: the subject
      throw new Error('clean-up');
    }
  },
  registered: registersCleanup,
  'in a task below': function* () {
    yield* spawn(registersCleanup) as unknown as Coroutine<void, never>;
    yield* sleep(50);
  },
  'after a wait': function* () {
    try {
      yield* sleep(50);
    } finally {
      yield* shield(function* () {
        yield* sleep(1);
        throw new Error('clean-up');
      });
    }
  },
};

function* registersCleanup(): Coroutine<void, SleepFor> {
  yield* ensure(function* () {
    yield* sleep(1);
    throw new Error('clean-up');
  }) as unknown as Coroutine<void, never>;
  yield* sleep(50);
}

/** What cancels it. */
const ENDS: Readonly<Record<string, (body: Nested) => Nested>> = {
  'a timeout': body => timeout(5, body),
  'a race that it loses': body => race([sleep(5), body]),
  'any that it loses': body => any([body, sleep(5)]),
  'a cancellation': body =>
    (function* (): Coroutine<void, never> {
      const task = yield* spawn(body) as Coroutine<{ cancel(): void }, never>;
      yield* sleep(5) as unknown as Coroutine<void, never>;
      task.cancel();
    })(),
};

describe('an error of a clean-up is not lost', () => {
  for (const [end, ended] of Object.entries(ENDS)) {
    for (const [nesting, nested] of Object.entries(NESTED)) {
      it(`in ${nesting}, ended by ${end}`, () => {
        for (const [when, failing] of Object.entries(failures)) {
          for (let seed = 0; seed < 10; seed++) {
            const { loop, warnings } = virtualLoop({ policy: new ChosenOrder(randomOrder(seed)) });
            expect(() => loop.runSync(ended(nested(failing))), `${when}, in order ${seed}`).to.throw('clean-up');
            expect(warnings).to.deep.equal([]);
          }
        }
      });
    }
  }

  it('beside the error of the first contestant: an AggregateError has both', () => {
    function* fails(): Coroutine<never, SleepFor> {
      yield* sleep(5);
      throw new Error('first');
    }
    for (const [, failing] of Object.entries(failures)) {
      const { loop } = virtualLoop();
      let errors: readonly Error[] = [];
      try {
        loop.runSync(race([failing, fails()]));
      } catch (error) {
        errors = (error as AggregateError).errors;
      }
      expect(errors.map(({ message }) => message)).to.deep.equal(['first', 'clean-up']);
    }
  });
});

describe('a failure that comes after the win, of a contestant that no cancellation interrupted', () => {
  const value = function* () {
    yield* sleep(5);
    return 'value';
  };
  const LATE: Readonly<Record<string, Nested>> = {
    'of its body': function* () {
      yield* sleep(5);
      throw new Error('late');
    },
    'of a task that it spawned': function* () {
      yield* spawn(function* () {
        yield* sleep(5);
        throw new Error('late');
      });
      yield* sleep(90);
    },
    'of a scope in it': () =>
      scope(function* () {
        yield* sleep(5);
        throw new Error('late');
      }),
    'of a timeout in it': () => timeout(5, sleep(90)),
  };

  for (const [whose, late] of Object.entries(LATE)) {
    it(`${whose}: any evaluates to the value, in every order`, () => {
      for (let seed = 0; seed < 50; seed++) {
        for (const contestants of [
          [value, late],
          [late, value],
        ]) {
          const { loop, warnings } = virtualLoop({ policy: new ChosenOrder(randomOrder(seed)) });
          expect(loop.runSync(any(contestants)), `in order ${seed}`).to.equal('value');
          expect(warnings).to.deep.equal([]);
        }
      }
    });
  }

  it('race goes by the first, in every order, and reports the other', () => {
    const seen = new Set<string>();
    for (const late of Object.values(LATE)) {
      for (let seed = 0; seed < 50; seed++) {
        const { loop, warnings } = virtualLoop({ policy: new ChosenOrder(randomOrder(seed)) });
        let outcome: unknown;
        try {
          outcome = loop.runSync(race([value, late]));
        } catch (error) {
          outcome = (error as Error).message;
        }
        seen.add([outcome, ...warnings.map(({ code }) => code)].join());
      }
    }
    expect([...seen].sort()).to.deep.equal(['late', 'value', 'value,ESC_LOSER_FAILED']);
  });
});
