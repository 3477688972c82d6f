import { expect } from 'chai';
import type { Waiter } from 'escapement';
import fc from 'fast-check';
import type { TimerQueue as Queue } from '../../packages/sleep/dist/timer-queue.js';
import { needsGc } from '../support/needs-gc.js';

// Not exported by the package, but worth its own tests.
const source = new URL('../../../packages/sleep/dist/timer-queue.js', import.meta.url);
const { TimerQueue }: { TimerQueue: new () => Queue } = await import(source.href);

class Entry {
  isSettled = false;
  constructor(
    readonly deadline: number,
    readonly order: number,
    readonly log: Entry[],
  ) {}
  resolve(): void {
    this.isSettled = true;
    this.log.push(this);
  }
}

/** The slow, obvious model: a list that is sorted each time. */
class Model {
  readonly pending: Entry[] = [];

  earliest(): number {
    const live = this.pending.filter(entry => !entry.isSettled && entry.deadline < 2 ** 48);
    return Math.min(Infinity, ...live.map(entry => entry.deadline));
  }

  due(now: number): Entry[] {
    return this.pending
      .filter(entry => !entry.isSettled && entry.deadline <= now)
      .sort((a, b) => a.deadline - b.deadline || a.order - b.order);
  }
}

type Command =
  | { readonly do: 'add'; readonly deadline: number }
  | { readonly do: 'cancel'; readonly which: number }
  | { readonly do: 'expire'; readonly after: number };

// Few distinct values give ties, many scales give every level of the wheel.
const deadlines = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 20 }) },
  { weight: 2, arbitrary: fc.double({ min: 0, max: 5000, noNaN: true }) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 1e9, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(-5, 0, 1e14, Infinity, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE) },
);

const commands: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: deadlines.map(deadline => ({ do: 'add', deadline }) as const) },
  { weight: 3, arbitrary: fc.nat(2000).map(which => ({ do: 'cancel', which }) as const) },
  {
    weight: 1,
    arbitrary: fc
      .oneof(fc.integer({ min: 0, max: 30 }), fc.double({ min: 0, max: 3000, noNaN: true }))
      .map(after => ({ do: 'expire', after }) as const),
  },
);

function agreesWithModel(history: readonly Command[]): void {
  const queue = new TimerQueue();
  const model = new Model();
  const log: Entry[] = [];
  let now = 0;
  for (const command of history) {
    if (command.do === 'add') {
      const entry = new Entry(command.deadline, model.pending.length, log);
      model.pending.push(entry);
      queue.add(command.deadline, entry as unknown as Waiter<void>);
    } else if (command.do === 'cancel') {
      const entry = model.pending[command.which % Math.max(1, model.pending.length)];
      if (entry === undefined || entry.isSettled) continue;
      entry.isSettled = true;
      queue.cancelled();
    } else {
      now += command.after;
      const expected = model.due(now);
      log.length = 0;
      queue.expire(now, Infinity);
      expect(log.map(entry => entry.order)).to.deep.equal(expected.map(entry => entry.order));
    }
    expect(queue.earliest).to.equal(model.earliest());
  }
}

/** In a function of its own, so that no variable of the test keeps an entry. Finalizers would come too late on a busy host. */
function addCancelled(queue: Queue, count: number): WeakRef<Entry>[] {
  return Array.from({ length: count }, (_, n) => {
    const entry = new Entry(1e9 + n * 1000, n, []);
    queue.add(entry.deadline, entry as unknown as Waiter<void>);
    entry.isSettled = true;
    queue.cancelled();
    return new WeakRef(entry);
  });
}

describe('TimerQueue', () => {
  it('does what a sorted list does', () => {
    fc.assert(fc.property(fc.array(commands, { maxLength: 120, size: 'max' }), agreesWithModel), { numRuns: 300 });
  });

  it('does what a sorted list does when it is large enough for buckets', () => {
    const many = fc.array(commands, { minLength: 700, maxLength: 900, size: 'max' });
    fc.assert(fc.property(many, agreesWithModel), { numRuns: 15 });
  });

  it('expires at most `limit` waiters, the earliest first', () => {
    const queue = new TimerQueue();
    const log: Entry[] = [];
    for (const deadline of [3, 1, 2]) queue.add(deadline, new Entry(deadline, 0, log) as unknown as Waiter<void>);
    queue.expire(10, 2);
    expect(log.map(entry => entry.deadline)).to.deep.equal([1, 2]);
    expect(queue.earliest).to.equal(3);
  });

  it('releases the memory of cancelled waiters before their deadline', async function () {
    needsGc(this);
    const queue = new TimerQueue();
    const entries = addCancelled(queue, 5000);
    const collected = () => entries.filter(entry => entry.deref() === undefined).length;
    for (let n = 0; n < 50 && collected() <= 4000; n++) {
      await new Promise(resolve => setTimeout(resolve, 5));
      globalThis.gc!();
    }
    expect(collected()).to.be.greaterThan(4000);
    // Uses the queue here, so that it was not collected itself.
    expect(queue.earliest).to.equal(Infinity);
  });

  it('expires a hundred thousand waiters with one deadline in order', () => {
    const queue = new TimerQueue();
    const log: Entry[] = [];
    queue.add(9, new Entry(9, -1, log) as unknown as Waiter<void>);
    for (let n = 0; n < 100_000; n++) queue.add(7, new Entry(7, n, log) as unknown as Waiter<void>);
    queue.expire(8, Infinity);
    expect(log.every((entry, index) => entry.order === index)).to.equal(true);
    expect(log).to.have.length(100_000);
    expect(queue.earliest).to.equal(9);
  });
});
