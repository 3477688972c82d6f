import { Semaphore } from '@escapement/sync';
import { expect } from 'chai';
import { pause, sleep, spawn, type Task } from 'escapement';
import fc from 'fast-check';
import { settle, syncLoop, thrownBy } from './sync-loop.js';

// The numbers are those of the clauses in packages/sync/README.md.
describe('sync: a semaphore as a limiter', () => {
  it('26. tells how many permits it has, how many are taken, and how many tasks wait', () => {
    const pool = new Semaphore(2, { max: 2 });
    expect(pool.statistics()).to.deep.equal({ total: 2, borrowed: 0, free: 2, waiting: 0 });
    syncLoop().runSync(function* () {
      for (let n = 0; n < 5; n++) yield* spawn(pool.with(sleep(5)));
      yield* settle();
      expect(pool.statistics()).to.deep.equal({ total: 2, borrowed: 2, free: 0, waiting: 3 });
    });
    expect(pool.statistics()).to.deep.equal({ total: 2, borrowed: 0, free: 2, waiting: 0 });
  });

  it('26. gives more permits to waiting tasks at once, in their order', () => {
    const pool = new Semaphore(1, { max: 1 });
    const order: number[] = [];
    syncLoop().runSync(function* () {
      for (let n = 0; n < 5; n++) {
        yield* spawn(
          pool.with(function* () {
            order.push(n);
            yield* sleep(5);
          }),
        );
      }
      yield* settle();
      pool.resize(3);
      expect(pool.tryAcquire(), 'the new permits are gone').to.equal(false);
      yield* settle();
      expect(order).to.deep.equal([0, 1, 2]);
      expect(pool.max).to.equal(3);
    });
    expect(pool.statistics()).to.deep.equal({ total: 3, borrowed: 0, free: 3, waiting: 0 });
  });

  it('26. with fewer permits, waits until enough were released', () => {
    const pool = new Semaphore(3, { max: 3 });
    syncLoop().runSync(function* () {
      for (let n = 0; n < 3; n++) yield* pool.acquire();
      pool.resize(1);
      expect(pool.statistics()).to.deep.equal({ total: 1, borrowed: 3, free: 0, waiting: 0 });
      const next = yield* spawn(pool.acquire());
      for (let released = 0; released < 2; released++) {
        yield* settle();
        pool.release();
        yield* settle();
        expect(next.isEnded, `after ${released + 1} of 3`).to.equal(false);
      }
      pool.release();
      yield* next.join();
      pool.release();
      expect(thrownBy(() => pool.release()).message).to.include('already has all of its 1 permits');
    });
  });

  it('26. with 0 permits lets all wait, with Infinity none, and stays as strict as it was', () => {
    const pool = new Semaphore(1, { max: 1, name: 'pool' });
    pool.resize(0);
    expect(pool.tryAcquire()).to.equal(false);
    pool.resize(Infinity);
    for (let n = 0; n < 10; n++) expect(pool.tryAcquire()).to.equal(true);
    expect(pool.free).to.equal(Infinity);
    for (let n = 0; n < 10; n++) pool.release();
    expect(thrownBy(() => pool.release()).code).to.equal('ESC_SEMAPHORE_FULL');
    pool.resize(2);
    expect([pool.free, pool.max]).to.deep.equal([2, 2]);
    expect(thrownBy(() => pool.release()).code).to.equal('ESC_SEMAPHORE_FULL');
    for (const wrong of [-1, 1.5, Number.NaN, '2' as never]) {
      expect(thrownBy(() => pool.resize(wrong)).code).to.equal('ESC_INVALID_COUNT');
    }
  });

  it('26. without a `max`, a release while all are free still adds a permit', () => {
    const semaphore = new Semaphore(0);
    semaphore.release();
    semaphore.release();
    expect(semaphore.statistics()).to.deep.equal({ total: 2, borrowed: 0, free: 2, waiting: 0 });
    expect([semaphore.tryAcquire(), semaphore.tryAcquire(), semaphore.tryAcquire()]).to.deep.equal([true, true, false]);
    semaphore.resize(3);
    expect(semaphore.free).to.equal(1);
    expect(semaphore.max).to.equal(Infinity);
    const boundless = new Semaphore(Infinity);
    expect([boundless.tryAcquire(), boundless.free, boundless.max]).to.deep.equal([true, Infinity, Infinity]);
    boundless.release();
    expect(thrownBy(() => boundless.release()).code).to.equal('ESC_SEMAPHORE_FULL');
  });
});

describe('sync: random programs on a semaphore that is resized', () => {
  type Step =
    | 'acquire'
    | 'tryAcquire'
    | 'release'
    | 'pause'
    | { readonly resize: number }
    | { readonly cancel: number };
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom<Step>('acquire', 'release') },
    { weight: 3, arbitrary: fc.constantFrom<Step>('tryAcquire', 'pause') },
    { weight: 1, arbitrary: fc.record({ resize: fc.nat(4) }) },
    { weight: 1, arbitrary: fc.record({ cancel: fc.nat(7) }) },
  );
  const programs = fc.array(fc.array(step, { maxLength: 8 }), { minLength: 1, maxLength: 8 });
  const spare = fc.constantFrom(0, 1, Infinity);

  it('have the outcomes that the model predicts: a number of permits, a number of those taken, and a line', () => {
    fc.assert(
      fc.property(fc.nat(3), spare, programs, (permits, spare, programs) => {
        if (permits + spare > 0) play(permits, spare, programs);
      }),
      { numRuns: 500 },
    );
  });

  function play(permits: number, spare: number, programs: readonly (readonly Step[])[]): void {
    const semaphore = new Semaphore(permits, { max: permits + spare });
    const model = { total: permits, spare, taken: 0 };
    let line: { readonly task: number; readonly place: number }[] = [];
    const cancelled = new Set<number>();
    const [expected, seen]: [string[], string[]] = [[], []];
    const tasks: Task[] = [];
    const admit = () => {
      while (line.length > 0 && model.taken < model.total) {
        model.taken++;
        expected[line.shift()!.place] = 'got';
      }
    };
    const releaseModel = () => {
      if (model.taken > 0) model.taken--;
      else if (model.spare === 0) return 'full';
      else {
        model.total++;
        model.spare--;
      }
      admit();
      return 'released';
    };
    const takeModel = () => {
      if (model.taken >= model.total) return false;
      model.taken++;
      return true;
    };
    function* task(index: number, steps: readonly Step[]) {
      for (const step of steps) {
        if (step === 'pause') {
          yield* pause();
        } else if (step === 'acquire') {
          const place = expected.length;
          const isFree = takeModel();
          expected.push(isFree ? 'got' : cancelled.has(index) ? 'cancelled' : 'waits');
          seen.push('waits');
          if (expected[place] === 'waits') line.push({ task: index, place });
          try {
            yield* semaphore.acquire();
            seen[place] = 'got';
          } catch (error) {
            seen[place] = 'cancelled';
            throw error;
          }
        } else if (step === 'tryAcquire') {
          expect(semaphore.tryAcquire()).to.equal(takeModel());
        } else if (step === 'release') {
          let how = 'released';
          try {
            semaphore.release();
          } catch (error) {
            expect(error).to.have.property('code', 'ESC_SEMAPHORE_FULL');
            how = 'full';
          }
          expect(how).to.equal(releaseModel());
        } else if ('resize' in step) {
          semaphore.resize(step.resize);
          model.total = step.resize;
          admit();
        } else {
          const target = step.cancel % programs.length;
          if (tasks[target]?.isEnded === false) {
            cancelled.add(target);
            for (const { task, place } of line) if (task === target) expected[place] = 'cancelled';
            line = line.filter(({ task }) => task !== target);
          }
          tasks[target]?.cancel();
        }
        expect(semaphore.statistics()).to.deep.equal({
          total: model.total,
          borrowed: model.taken,
          free: Math.max(0, model.total - model.taken),
          waiting: line.length,
        });
      }
    }
    syncLoop().runSync(function* () {
      for (const [index, steps] of programs.entries()) tasks.push(yield* spawn(task(index, steps)));
      for (yield* settle(); tasks.some(task => !task.isEnded); yield* settle()) {
        semaphore.resize(1000);
        model.total = 1000;
        admit();
      }
    });
    expect(seen).to.deep.equal(expected);
  }
});
