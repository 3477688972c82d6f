import { Queue, type QueueOverflow } from '@escapement/sync';
import { expect } from 'chai';
import { Cancelled, type Coroutine, pause, spawn, type Task } from 'escapement';
import fc from 'fast-check';
import { syncLoop } from './sync-loop.js';

// Random programs of tasks on one queue, beside a slow and obvious model. The model gets each operation when it begins and
// predicts its outcome. Every prediction must be right.

type Step =
  | 'put'
  | 'get'
  | 'next'
  | 'tryPut'
  | 'tryGet'
  | 'pause'
  | 'close'
  | 'fail'
  | 'drop'
  | { readonly cancel: number };

/** The outcome of an operation. */
type Outcome =
  | 'waits'
  | 'put'
  | 'full'
  | 'empty'
  | 'closed'
  | 'failed'
  | 'end'
  | 'cancelled'
  | { readonly item: number };

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
  /** What a put or a get throws once it is closed. */
  closed: 'closed' | 'failed' | undefined;
  /** The items that nobody will get. */
  lost: number[] = [];

  constructor(
    readonly capacity: number,
    readonly overflow: QueueOverflow,
  ) {}

  begin(operation: Operation): void {
    operation.outcome = operation.step.toLowerCase().includes('put') ? this.put(operation) : this.take(operation);
    if (operation.outcome === 'waits' && this.cancelled.has(operation.task)) operation.outcome = 'cancelled';
    if (operation.step === 'put' && isThrown(operation.outcome)) this.lost.push(operation.item);
    if (operation.outcome !== 'waits') return;
    (operation.step === 'put' ? this.putters : this.takers).push(operation);
  }

  put(operation: Operation): Outcome {
    if (this.closed !== undefined) return this.closed;
    const taker = this.takers.shift();
    if (taker !== undefined) taker.outcome = { item: operation.item };
    else if (this.items.length < this.capacity) this.items.push(operation.item);
    else if (this.overflow === 'wait') return operation.step === 'put' ? 'waits' : 'full';
    else if (this.overflow === 'drop-newest') this.lost.push(operation.item);
    else this.dropOldestFor(operation.item);
    return 'put';
  }

  dropOldestFor(item: number): void {
    const [oldest, ...kept] = [...this.items, item];
    this.lost.push(oldest!);
    this.items = kept;
  }

  take({ step }: Operation): Outcome {
    const offered = [...this.items, ...this.putters.map(putter => putter.item)];
    const item = offered.shift();
    if (item === undefined && this.closed !== undefined) return endFor(step, this.closed);
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
      if (index < 0) continue;
      const [left] = line.splice(index, 1);
      left!.outcome = 'cancelled';
      if (left!.step === 'put') this.lost.push(left!.item);
    }
  }

  close(how: 'closed' | 'failed' = 'closed'): void {
    this.closed ??= how;
    for (const putter of this.putters.splice(0)) {
      putter.outcome = this.closed;
      this.lost.push(putter.item);
    }
    for (const taker of this.takers.splice(0)) taker.outcome = endFor(taker.step, this.closed);
  }

  drop(): void {
    this.lost.push(...this.items.splice(0));
    this.close();
  }
}

function endFor(step: Operation['step'], closed: 'closed' | 'failed'): Outcome {
  return step === 'next' && closed === 'closed' ? 'end' : closed;
}

function isThrown(outcome: Outcome): boolean {
  return outcome === 'closed' || outcome === 'failed' || outcome === 'cancelled';
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
  readonly lost: number[] = [];
  readonly #failure = new Error('closed with this');
  #lastItem = 0;

  constructor(
    capacity: number,
    overflow: QueueOverflow,
    readonly programs: readonly (readonly Step[])[],
  ) {
    this.queue = new Queue<number>({ capacity, overflow, undelivered: item => this.lost.push(item) });
    this.model = new Model(capacity, overflow);
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
      } else if (step === 'fail') {
        this.queue.close(this.#failure);
        this.model.close('failed');
      } else if (step === 'drop') {
        this.queue.cancel();
        this.model.drop();
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
      played.seen = error instanceof Cancelled ? 'cancelled' : error === this.#failure ? 'failed' : 'closed';
      if (error instanceof Cancelled) throw error;
      if (error !== this.#failure) expect(error).to.have.property('code', 'ESC_QUEUE_CLOSED');
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

  /** The items that the queue was given, and those that were taken, are still in it, or were reported as undelivered. */
  balance(): { given: number[]; out: number[] } {
    const given = this.played
      .filter(({ operation, seen }) => operation.step === 'put' || (operation.step === 'tryPut' && seen === 'put'))
      .map(({ operation }) => operation.item);
    const out = this.played.flatMap(({ seen }) => (typeof seen === 'object' ? [seen.item] : []));
    while (this.queue.size > 0) out.push(this.queue.tryGet()!.value);
    out.push(...this.lost);
    return { given: given.sort((a, b) => a - b), out: out.sort((a, b) => a - b) };
  }
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Step>('put', 'get') },
  { weight: 4, arbitrary: fc.constantFrom<Step>('next', 'tryPut', 'tryGet', 'pause') },
  { weight: 2, arbitrary: fc.record({ cancel: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.constant<Step>('pause') },
);
const rarelyClosing = fc.oneof(
  { weight: 30, arbitrary: step },
  { weight: 2, arbitrary: fc.constantFrom<Step>('close', 'fail', 'drop') },
);
const programs = fc.array(fc.array(rarelyClosing, { maxLength: 8 }), { minLength: 1, maxLength: 8 });
const capacity = fc.oneof(fc.nat(3), fc.constant(Infinity));
const overflow = fc.oneof(
  { weight: 2, arbitrary: fc.constant<QueueOverflow>('wait') },
  { weight: 1, arbitrary: fc.constantFrom<QueueOverflow>('drop-oldest', 'drop-newest') },
);

describe('sync: random programs on a queue', () => {
  it('have the outcomes that the model predicts', () => {
    fc.assert(
      fc.property(capacity, overflow, programs, (capacity, overflow, programs) => {
        const play = new Play(capacity, overflow, programs);
        play.run();
        expect(play.played.map(({ seen }) => seen)).to.deep.equal(
          play.played.map(({ operation }) => operation.outcome),
        );
        expect(play.queue.size).to.equal(play.model.items.length);
        expect(play.lost, 'undelivered').to.deep.equal(play.model.lost);
      }),
      { numRuns: 1000 },
    );
  });

  it('18. lose no item and duplicate none: each comes out, stays in the queue, or is reported as undelivered', () => {
    fc.assert(
      fc.property(capacity, overflow, programs, (capacity, overflow, programs) => {
        const play = new Play(capacity, overflow, programs);
        play.run();
        const { given, out } = play.balance();
        expect(out).to.deep.equal(given);
      }),
      { numRuns: 1000 },
    );
  });

  it('leave no task waiting at the end', () => {
    fc.assert(
      fc.property(capacity, overflow, programs, (capacity, overflow, programs) => {
        const play = new Play(capacity, overflow, programs);
        play.run();
        expect(play.tasks.every(task => task.isEnded)).to.equal(true);
        expect(play.played.every(({ seen }) => seen !== 'waits')).to.equal(true);
      }),
    );
  });
});
