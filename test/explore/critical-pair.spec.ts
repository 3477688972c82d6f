import { type Coroutine, pause, spawn } from '@escapement/core';
import { type CriticalStep, type Exploration, explore, type Trace } from '@escapement/explore';
import { assert } from 'chai';
import fc from 'fast-check';

/** The step of a task, counted from 0. */
interface Place {
  readonly task: string;
  readonly step: number;
}

/** Fails if each of `orders` holds: that the one place came before the other. Tasks named `A`, `B`, ... take so many steps. */
function failsIf(lengths: readonly number[], orders: readonly (readonly [Place, Place])[]) {
  return function* program(run: Exploration) {
    const taken: string[] = [];
    run.check(() => {
      const hold = orders.every(([one, other]) => taken.indexOf(text(one)) < taken.indexOf(text(other)));
      if (hold) throw new Error('all of the orders hold');
    });
    for (const [index, length] of lengths.entries()) {
      const name = String.fromCharCode(65 + index);
      yield* spawn(
        function* () {
          for (let step = 0; step < length; step++) {
            if (step > 0) yield* pause();
            taken.push(text({ task: name, step }));
          }
        },
        { name },
      );
    }
  };
}

function text({ task, step }: Place): string {
  return `${task}${step}`;
}

function placeOf({ steps, tasks }: Trace, { index }: CriticalStep): string {
  const { task } = steps[index]!;
  const before = steps.slice(0, index).filter(step => step.task === task).length;
  return text({ task: tasks.find(({ id }) => id === task)!.name, step: before });
}

const lengths = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 4 });
const seed = fc.integer({ min: 1, max: 1000 });
const strategy = fc.constantFrom('random' as const, 'pct' as const);

describe('a critical pair', () => {
  it('is exactly the two steps on whose order it depends, whatever the tasks, the strategy and the seed', async () => {
    const given = fc.record({ lengths, seed, strategy, early: fc.nat(5), late: fc.nat(5), tasks: fc.nat(5) });
    await fc.assert(
      fc.asyncProperty(given, async ({ lengths, seed, strategy, early, late, tasks }) => {
        // By itself the loop lets A take all its steps, then B, and so on.
        const second = tasks % (lengths.length - 1);
        const first = second + 1 + (tasks % (lengths.length - 1 - second));
        const [one, other] = [placeIn(first, early), placeIn(second, late)];
        const { failure } = await explore(failsIf(lengths, [[one, other]]), { seed, strategy });
        assert.isDefined(failure);
        const { pair, trace, shrunk } = failure!;
        assert.deepEqual([placeOf(trace, pair!.first), placeOf(trace, pair!.second)], [text(one), text(other)]);
        assert.isAtMost(shrunk.deviations, 2);

        function placeIn(index: number, step: number): Place {
          return { task: String.fromCharCode(65 + index), step: step % lengths[index]! };
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is one of the two orders, if it takes both to fail', async () => {
    // B1 must come after A1 and before A3: a read between two writes.
    const orders = [
      [
        { task: 'A', step: 1 },
        { task: 'B', step: 1 },
      ],
      [
        { task: 'B', step: 1 },
        { task: 'A', step: 3 },
      ],
    ] as const;
    const expected = orders.map(order => order.map(text).join(' before '));
    for (let seed = 1; seed <= 10; seed++) {
      const { failure } = await explore(failsIf([5, 3, 2], orders), { seed });
      const { pair, trace } = failure!;
      assert.include(expected, `${placeOf(trace, pair!.first)} before ${placeOf(trace, pair!.second)}`);
      assert.deepEqual(
        trace.tasks.filter(({ matters }) => matters).map(({ name }) => name),
        ['program', 'A', 'B'],
      );
    }
  });

  it('does not say that the other order passes where that fails with another error', async () => {
    // In the order C, B, A it fails with an error of its own; without the second of its two switches with another one.
    const seen = new Set<string>();
    for (let seed = 1; seed <= 10; seed++) {
      const { failure } = await explore(
        function* (run) {
          const taken: string[] = [];
          run.check(() => {
            if (taken.join('') === 'CBA') throw new Error('backwards');
            if (taken[0] === 'C') throw new Error('C came first');
          });
          for (const name of ['A', 'B', 'C']) yield* spawn(takes(name), { name });

          function* takes(name: string): Coroutine<void, never> {
            taken.push(name);
          }
        },
        { seed },
      );
      const { first, second, otherwise } = failure!.pair!;
      const { message } = failure!.error as Error;
      seen.add(`${message}: ${otherwise}`);
      const end = otherwise === 'passes' ? 'passes' : 'fails with another error';
      assert.include(String(failure), `${second.index} before ${first.index} ${end}.`);
    }
    assert.sameMembers([...seen], ['backwards: fails', 'C came first: passes']);
  });

  it('is one whose other order passes, if there is one, and not one that only changes the error', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const { failure } = await explore(bothPay, { seed });
      assert.equal(failure!.pair!.otherwise, 'passes');
      const { pair, trace } = failure!;
      assert.deepEqual(
        [placeOf(trace, pair!.first), placeOf(trace, pair!.second)].map(place => place.slice(1)),
        ['0', '1'],
      );
    }

    /** Who pays last is in the message: so either order of the two payments is another error. */
    function* bothPay(run: Exploration) {
      let isFree = true;
      const paid: string[] = [];
      run.check(() => assert.isAtMost(paid.length, 1, paid.join(' and ')));
      for (const name of ['A', 'B']) yield* spawn(books(name), { name });

      function* books(name: string) {
        if (!isFree) return;
        yield* pause();
        isFree = false;
        paid.push(name);
      }
    }
  });
});
