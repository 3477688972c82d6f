import { Condition, Lock, Semaphore } from '@escapement/sync';
import { expect } from 'chai';
import { type Coroutine, pause, type Sleep, type SleepFor, sleep, spawn, type Task } from 'escapement';
import fc from 'fast-check';
import { endOf, settle, syncLoop } from './sync-loop.js';

// Random programs of tasks that acquire a permit, hold it for a while and release it, or are cancelled at any point.

interface Visit {
  /** When the task starts, in virtual milliseconds; several start at the same time. */
  readonly comesAt: number;
  readonly stays: number;
  readonly leaves: 'with' | 'by hand' | 'fails';
  /** When it is cancelled, if at all. */
  readonly cancelledAt: number | undefined;
}

const visit: fc.Arbitrary<Visit> = fc.record({
  comesAt: fc.nat(6),
  stays: fc.nat(4),
  leaves: fc.constantFrom('with', 'by hand', 'fails'),
  cancelledAt: fc.option(fc.nat(12), { nil: undefined }),
});
const visits = fc.array(visit, { minLength: 1, maxLength: 12 });

interface Guard {
  acquire(): ReturnType<Lock['acquire']>;
  release(): void;
  with: Lock['with'];
}

/** What happened, in order: `comes 3`, `enters 3`, `leaves 3`. */
type Log = [what: 'comes' | 'enters' | 'leaves' | 'cancelled', who: number][];

function* visitor(guard: Guard, who: number, { comesAt, stays, leaves }: Visit, log: Log) {
  yield* sleep(comesAt);
  function* inside() {
    log.push(['enters', who]);
    try {
      for (let n = 0; n < stays; n++) yield* sleep(1);
      if (leaves === 'fails') throw new Error('fails');
    } finally {
      log.push(['leaves', who]);
    }
  }
  log.push(['comes', who]);
  if (leaves === 'by hand') {
    yield* guard.acquire();
    try {
      yield* inside();
    } finally {
      guard.release();
    }
  } else {
    yield* catchingFailure(guard.with(inside));
  }
}

function* catchingFailure<E extends ReturnType<Lock['acquire']> | Sleep | SleepFor>(body: Coroutine<void, E>) {
  try {
    yield* body;
  } catch (error) {
    if ((error as Error).message !== 'fails') throw error;
  }
}

function play(guard: Guard, visits: readonly Visit[]): Log {
  const log: Log = [];
  syncLoop().runSync(function* () {
    const tasks: Task[] = [];
    for (const [who, plan] of visits.entries()) {
      const task = yield* spawn(visitor(guard, who, plan, log));
      tasks.push(task);
      if (plan.cancelledAt !== undefined)
        yield* spawn(cancelling(task, plan.cancelledAt, () => log.push(['cancelled', who])));
    }
  });
  return log;
}

function* cancelling(task: Task, at: number, tell: () => void) {
  yield* sleep(at);
  if (task.isEnded) return;
  tell();
  task.cancel();
}

/** Replays the log with a list of the waiting tasks and a set of the holders. */
function check(log: Log, permits: number): void {
  let waiting: number[] = [];
  const inside = new Set<number>();
  for (const [what, who] of log) {
    if (what === 'comes') waiting.push(who);
    if (what === 'leaves') inside.delete(who);
    if (what === 'enters') {
      expect(waiting[0], 'the first in line').to.equal(who);
      waiting.shift();
      inside.add(who);
      expect(inside.size, 'inside').to.be.at.most(permits);
    }
    // It may have got the permit in the same turn; then it still enters.
    if (what === 'cancelled' && !enters(log, who)) waiting = waiting.filter(other => other !== who);
  }
  expect(inside.size, 'inside at the end').to.equal(0);
  expect(waiting, 'waiting at the end').to.deep.equal([]);
}

function enters(log: Log, who: number): boolean {
  return log.some(([what, other]) => what === 'enters' && other === who);
}

describe('sync: random programs', () => {
  it('on a lock: one holder at a time, first come, first served, and free at the end', () => {
    fc.assert(
      fc.property(visits, visits => {
        const lock = new Lock();
        check(play(lock, visits), 1);
        expect(lock.isHeld).to.equal(false);
      }),
      { numRuns: 1000 },
    );
  });

  it('on a semaphore: never more holders than permits, and all permits free at the end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), visits, (permits, visits) => {
        const semaphore = new Semaphore(permits, { max: permits });
        check(play(semaphore, visits), permits);
        expect(semaphore.free).to.equal(permits);
      }),
      { numRuns: 1000 },
    );
  });

  it('on a stock guarded by a condition: no customer waits while there is stock, whichever task is cancelled', () => {
    const customers = fc.array(fc.option(fc.nat(20), { nil: undefined }), { minLength: 1, maxLength: 8 });
    const deliveries = fc.array(fc.nat(3), { maxLength: 12 });
    fc.assert(
      fc.property(customers, deliveries, (customers, deliveries) => {
        const { sold, stock, waiting } = sell(customers, deliveries);
        expect(sold + stock, 'delivered').to.equal(deliveries.length);
        expect(stock === 0 || waiting === 0, `${stock} in stock and ${waiting} wait`).to.equal(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('a cancellation at any step of a wait for a lock loses neither the lock nor a waiter', () => {
    for (let steps = 0; steps < 12; steps++) {
      const lock = new Lock();
      syncLoop().runSync(function* () {
        const first = yield* spawn(lock.with(pausing(4)));
        const doomed = yield* spawn(lock.with(pausing(2)));
        const last = yield* spawn(lock.with(pausing(1)));
        yield* pausing(steps);
        doomed.cancel();
        yield* first.join();
        yield* last.join();
        yield* settle();
        expect(['cancelled', undefined]).to.include(endOf(doomed));
        expect(lock.isHeld).to.equal(false);
      });
    }
  });
});

function* pausing(steps: number) {
  for (let n = 0; n < steps; n++) yield* pause();
}

/** Each customer takes one item, or is cancelled at its time; each delivery adds one, some of them under the lock. */
function sell(customers: readonly (number | undefined)[], deliveries: readonly number[]) {
  const lock = new Lock();
  const delivered = new Condition(lock);
  let stock = 0;
  let sold = 0;
  let waiting = 0;
  function* customer() {
    waiting++;
    try {
      while (stock === 0) yield* delivered.wait();
      stock--;
      sold++;
    } finally {
      waiting--;
    }
  }
  function* deliver() {
    stock++;
    delivered.notify();
    yield* pause();
  }
  return syncLoop().runSync(function* () {
    const tasks: Task[] = [];
    for (const cancelledAt of customers) {
      const task = yield* spawn(lock.with(customer));
      tasks.push(task);
      if (cancelledAt !== undefined) yield* spawn(cancelling(task, cancelledAt / 4, () => {}));
    }
    for (const [index, gap] of deliveries.entries()) {
      yield* sleep(gap / 4);
      yield* index % 2 === 0 ? lock.with(deliver) : deliver();
    }
    yield* settle();
    const left = { sold, stock, waiting };
    for (const task of tasks) task.cancel();
    yield* settle();
    expect(lock.isHeld).to.equal(false);
    return left;
  });
}
