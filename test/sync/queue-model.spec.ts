import { Queue } from '@escapement/sync';
import { expect } from 'chai';
import { Cancelled, type Coroutine, pause, spawn, type Task } from 'escapement';
import fc from 'fast-check';
import { syncLoop } from './sync-loop.js';

// Random programs of tasks on one queue, beside a slow and obvious model. The model gets each operation when it begins and
// predicts its outcome. Every prediction must be right.

type Step = 'put' | 'get' | 'next' | 'tryPut' | 'tryGet' | 'pause' | 'close' | { readonly cancel: number };

/** The outcome of an operation. */
type Outcome = 'waits' | 'put' | 'full' | 'empty' | 'closed' | 'end' | 'cancelled' | { readonly item: number };

interface Operation {
  readonly task: number;
  readonly step: 'put' | 'get' | 'next' | 'tryPut' | 'tryGet';
  readonly item: number;
  outcome: Outcome;
}

class Model {
  items: number[] = [];
  putters: Operation[] = [];
  takers: Operation[] = [];
  cancelled = new Set<number>();
  isClosed = false;

  constructor(readonly capacity: number) {}

  begin(operation: Operation): void {
    operation.outcome = operation.step.toLowerCase().includes('put') ? this.put(operation) : this.take(operation);
    if (operation.outcome === 'waits' && this.cancelled.has(operation.task)) operation.outcome = 'cancelled';
    if (operation.outcome !== 'waits') return;
    (operation.step === 'put' ? this.putters : this.takers).push(operation);
  }

  put(operation: Operation): Outcome {
    if (this.isClosed) return 'closed';
    const taker = this.takers.shift();
    if (taker !== undefined) taker.outcome = { item: operation.item };
    else if (this.items.length < this.capacity) this.items.push(operation.item);
    else return operation.step === 'put' ? 'waits' : 'full';
    return 'put';
  }

  take({ step }: Operation): Outcome {
    const offered = [...this.items, ...this.putters.map(putter => putter.item)];
    const item = offered.shift();
    if (item === undefined && this.isClosed) return step === 'next' ? 'end' : 'closed';
    if (item === undefined) return step === 'tryGet' ? 'empty' : 'waits';
    const putter = this.putters.shift();
    if (putter !== undefined) putter.outcome = 'put';
    this.items = putter === undefined ? this.items.slice(1) : [...this.items, putter.item].slice(1);
    return { item };
  }

  cancel(task: number): void {
    this.cancelled.add(task);
    for (const line of [this.putters, this.takers]) {
      const index = line.findIndex(operation => operation.task === task);
      if (index >= 0) line.splice(index, 1)[0]!.outcome = 'cancelled';
    }
  }

  close(): void {
    this.isClosed = true;
    for (const putter of this.putters.splice(0)) putter.outcome = 'closed';
    for (const taker of this.takers.splice(0)) taker.outcome = taker.step === 'next' ? 'end' : 'closed';
  }
}

interface Played {
  readonly operation: Operation;
  seen: Outcome;
}

class Play {
  readonly queue: Queue<number>;
  readonly model: Model;
  readonly played: Played[] = [];
  readonly tasks: Task[] = [];
  #lastItem = 0;

  constructor(
    capacity: number,
    readonly programs: readonly (readonly Step[])[],
  ) {
    this.queue = new Queue({ capacity });
    this.model = new Model(capacity);
  }

  run(): void {
    const play = this;
    syncLoop().runSync(function* () {
      for (const [index, program] of play.programs.entries()) {
        play.tasks.push(yield* spawn(play.task(index, program)));
      }
      for (let n = 0; n < 50; n++) yield* pause();
      play.queue.close();
      play.model.close();
    });
  }

  *task(index: number, program: readonly Step[]) {
    for (const step of program) {
      if (step === 'pause') {
        yield* pause();
      } else if (step === 'close') {
        this.queue.close();
        this.model.close();
      } else if (typeof step === 'object') {
        const target = step.cancel % this.programs.length;
        // A task that has ended cannot be cancelled.
        if (this.tasks[target]?.isEnded === false) this.model.cancel(target);
        this.tasks[target]?.cancel();
      } else {
        yield* this.#operate({ task: index, step, item: ++this.#lastItem, outcome: 'waits' });
      }
    }
  }

  *#operate(operation: Operation) {
    const played: Played = { operation, seen: 'waits' };
    this.played.push(played);
    this.model.begin(operation);
    try {
      played.seen = yield* this.#perform(operation);
    } catch (error) {
      played.seen = error instanceof Cancelled ? 'cancelled' : 'closed';
      if (error instanceof Cancelled) throw error;
      expect(error).to.have.property('code', 'ESC_QUEUE_CLOSED');
    }
  }

  *#perform({ step, item }: Operation): Coroutine<Outcome, ReturnType<Queue<number>['put' | 'get' | 'next']>> {
    const { queue } = this;
    if (step === 'tryPut') return queue.tryPut(item) ? 'put' : 'full';
    if (step === 'put') {
      yield* queue.put(item);
      return 'put';
    }
    if (step === 'get') return { item: yield* queue.get() };
    if (step === 'next') {
      const next = yield* queue.next();
      return next.done ? 'end' : { item: next.value };
    }
    const got = queue.tryGet();
    return got === undefined ? 'empty' : { item: got.value };
  }

  /** The items of all puts that succeeded, and the items that were taken or are still in the queue. */
  balance(): { put: number[]; out: number[] } {
    const put = this.played.filter(({ seen }) => seen === 'put').map(({ operation }) => operation.item);
    const out = this.played.flatMap(({ seen }) => (typeof seen === 'object' ? [seen.item] : []));
    while (this.queue.size > 0) out.push(this.queue.tryGet()!.value);
    return { put: put.sort((a, b) => a - b), out: out.sort((a, b) => a - b) };
  }
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Step>('put', 'get') },
  { weight: 4, arbitrary: fc.constantFrom<Step>('next', 'tryPut', 'tryGet', 'pause') },
  { weight: 2, arbitrary: fc.record({ cancel: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.constant<Step>('pause') },
);
const rarelyClosing = fc.oneof({ weight: 30, arbitrary: step }, { weight: 1, arbitrary: fc.constant<Step>('close') });
const programs = fc.array(fc.array(rarelyClosing, { maxLength: 8 }), { minLength: 1, maxLength: 8 });
const capacity = fc.oneof(fc.nat(3), fc.constant(Infinity));

describe('sync: random programs on a queue', () => {
  it('have the outcomes that the model predicts', () => {
    fc.assert(
      fc.property(capacity, programs, (capacity, programs) => {
        const play = new Play(capacity, programs);
        play.run();
        expect(play.played.map(({ seen }) => seen)).to.deep.equal(
          play.played.map(({ operation }) => operation.outcome),
        );
        expect(play.queue.size).to.equal(play.model.items.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('lose no item and duplicate none', () => {
    fc.assert(
      fc.property(capacity, programs, (capacity, programs) => {
        const play = new Play(capacity, programs);
        play.run();
        const { put, out } = play.balance();
        expect(out).to.deep.equal(put);
      }),
      { numRuns: 1000 },
    );
  });

  it('leave no task waiting at the end', () => {
    fc.assert(
      fc.property(capacity, programs, (capacity, programs) => {
        const play = new Play(capacity, programs);
        play.run();
        expect(play.tasks.every(task => task.isEnded)).to.equal(true);
        expect(play.played.every(({ seen }) => seen !== 'waits')).to.equal(true);
      }),
    );
  });
});
