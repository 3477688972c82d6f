import { Deferred } from '@escapement/sync';
import { syncModule } from '@escapement/sync/module';
import { expect } from 'chai';
import {
  all,
  createLoop,
  type DeadlockError,
  pause,
  race,
  setTimeoutModule,
  sleep,
  sleepModule,
  spawn,
  type Task,
  timeout,
} from 'escapement';
import fc from 'fast-check';
import { catching, endOf, settle, syncLoop, thrownBy } from './sync-loop.js';

// The numbers are those of the clauses in packages/sync/README.md.
describe('sync: the contract of a deferred', () => {
  it('15. gives its value to all that wait, and at once to those that come later', () => {
    const deferred = new Deferred<string>();
    const got: string[] = [];
    syncLoop().runSync(function* () {
      for (const name of ['a', 'b']) {
        yield* spawn(function* () {
          got.push(`${name} ${yield* deferred.wait()}`);
        });
      }
      yield* settle();
      expect(deferred.isSettled).to.equal(false);
      expect(deferred.result).to.deep.equal({ state: 'pending' });
      expect(deferred.resolve('value')).to.equal(true);
      expect(got, 'resolve runs no task').to.deep.equal([]);
      yield* settle();
      got.push(`c ${yield* deferred.wait()}`);
      got.push(`d ${yield* deferred}`);
    });
    expect(got).to.deep.equal(['a value', 'b value', 'c value', 'd value']);
    expect(deferred.isSettled).to.equal(true);
  });

  it('15. throws its error, the same object, wherever a task waits', () => {
    const deferred = new Deferred<string>();
    const failure = new RangeError('no port');
    const caught: unknown[] = [];
    function* waiting() {
      try {
        yield* deferred;
      } catch (error) {
        caught.push(error);
      }
    }
    syncLoop().runSync(function* () {
      yield* spawn(waiting);
      yield* settle();
      expect(deferred.reject(failure)).to.equal(true);
      yield* waiting();
    });
    expect(caught).to.deep.equal([failure, failure]);
    expect(deferred.result).to.deep.equal({ state: 'failed', error: failure });
  });

  it('15. is settled once: what comes later changes nothing, and is told so', () => {
    const first = new Deferred<number>();
    expect([first.resolve(1), first.resolve(2), first.reject(new Error('late'))]).to.deep.equal([true, false, false]);
    expect(syncLoop().runSync(first)).to.equal(1);
    const failed = new Deferred<number>();
    expect([failed.reject(undefined), failed.resolve(2)]).to.deep.equal([true, false]);
    expect(failed.result).to.deep.equal({ state: 'failed', error: undefined });
  });

  it('15. may be settled with undefined, and with a promise, which it does not look into', () => {
    const nothing = new Deferred();
    nothing.resolve();
    expect(syncLoop().runSync(nothing.wait())).to.equal(undefined);
    const promise = Promise.resolve(5);
    const given = new Deferred<Promise<number>>();
    given.resolve(promise);
    expect(syncLoop().runSync(given)).to.equal(promise);
  });

  it('16. an error that no task has waited for fails no run, and stays in `result`', () => {
    const deferred = new Deferred();
    syncLoop().runSync(function* () {
      yield* pause();
      deferred.reject(new Error('nobody waits'));
    });
    expect(deferred.result).to.have.nested.property('error.message', 'nobody waits');
  });

  it('15. is settled by host code while the loop runs', async () => {
    const deferred = new Deferred<string>();
    setTimeout(() => deferred.resolve('from the host'), 2);
    const value = await createLoop(setTimeoutModule, sleepModule, syncModule).run(function* () {
      return yield* timeout(20_000, deferred);
    });
    expect(value).to.equal('from the host');
  });

  it('15. is a program for combinators, as a task is', () => {
    const [a, b, never] = [new Deferred<number>(), new Deferred<string>(), new Deferred<boolean>()];
    const values = syncLoop().runSync(function* () {
      yield* spawn(function* () {
        yield* sleep(1);
        a.resolve(1);
        b.resolve('two');
      });
      return [yield* all([a, b]), yield* race([never, b]), yield* catching(timeout(1, never))] as const;
    });
    expect(values.slice(0, 2)).to.deep.equal([[1, 'two'], 'two']);
    expect(values[2]).to.include('ESC_TIMEOUT');
  });

  it('15. a waiter that is cancelled leaves the others waiting, and the deferred unsettled', () => {
    const deferred = new Deferred<number>();
    syncLoop().runSync(function* () {
      const [first, second] = [yield* spawn(deferred), yield* spawn(deferred)];
      yield* settle();
      first.cancel();
      yield* settle();
      expect(deferred.isSettled).to.equal(false);
      deferred.resolve(7);
      expect(yield* second.join()).to.equal(7);
      expect(endOf(first)).to.equal('cancelled');
    });
  });

  it('14. a deadlock report names it', () => {
    const error = thrownBy(() =>
      syncLoop().runSync(function* main() {
        yield* new Deferred({ name: 'port' });
      }),
    ) as unknown as DeadlockError;
    expect(error.waits.map(line => line.trim())).to.deep.equal([
      'task "main" waits for DeferredSettled(deferred "port")',
    ]);
    expect(String(new Deferred())).to.equal('deferred');
    expect(String(new Deferred({ name: { toString: null } as never }))).to.be.a('string');
  });
});

describe('sync: random programs on deferreds', () => {
  type Step = 'wait' | 'pause' | { readonly settle: number; readonly isError: boolean } | { readonly cancel: number };
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<Step>('wait', 'pause') },
    { weight: 1, arbitrary: fc.record({ settle: fc.nat(9), isError: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ cancel: fc.nat(5) }) },
  );
  const programs = fc.array(fc.array(step, { maxLength: 6 }), { minLength: 1, maxLength: 6 });

  it('have the outcomes that the model predicts: the first settles, all that wait get that, whoever is cancelled leaves', () => {
    fc.assert(
      fc.property(programs, programs => {
        const { seen, expected, waiting } = play(programs);
        expect(seen).to.deep.equal(expected);
        expect(waiting).to.equal(0);
      }),
      { numRuns: 500 },
    );
  });

  /** The model: a list of the waits that are not over, and what the first settled it with. */
  function play(programs: readonly (readonly Step[])[]) {
    const deferred = new Deferred<number>();
    let outcome: string | undefined;
    let waits: { readonly task: number; readonly place: number }[] = [];
    const cancelled = new Set<number>();
    const expected: string[] = [];
    const seen: string[] = [];
    const tasks: Task[] = [];
    const settleModel = (how: string) => {
      if (outcome !== undefined) return false;
      outcome = how;
      for (const { place } of waits.splice(0)) expected[place] = how;
      return true;
    };
    function* task(index: number, program: readonly Step[]) {
      for (const step of program) {
        if (step === 'pause') {
          yield* pause();
        } else if (step === 'wait') {
          const place = expected.length;
          expected.push(outcome ?? (cancelled.has(index) ? 'cancelled' : 'waits'));
          seen.push('waits');
          if (expected[place] === 'waits') waits.push({ task: index, place });
          try {
            seen[place] = `value ${yield* deferred}`;
          } catch (error) {
            seen[place] = typeof error === 'number' ? `error ${error}` : 'cancelled';
            if (typeof error !== 'number') throw error;
          }
        } else if ('cancel' in step) {
          const target = step.cancel % programs.length;
          if (tasks[target]?.isEnded === false) {
            cancelled.add(target);
            for (const { task, place } of waits) if (task === target) expected[place] = 'cancelled';
            waits = waits.filter(({ task }) => task !== target);
          }
          tasks[target]?.cancel();
        } else {
          const { settle, isError } = step;
          const isFirst = isError ? deferred.reject(settle) : deferred.resolve(settle);
          expect(isFirst).to.equal(settleModel(`${isError ? 'error' : 'value'} ${settle}`));
        }
      }
    }
    syncLoop().runSync(function* () {
      for (const [index, program] of programs.entries()) tasks.push(yield* spawn(task(index, program)));
      yield* settle();
      deferred.resolve(100);
      settleModel('value 100');
    });
    return { seen, expected, waiting: waits.length };
  }
});
