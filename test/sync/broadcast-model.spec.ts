import { Broadcast, type Subscriber } from '@escapement/sync';
import { expect } from 'chai';
import { Cancelled, pause, spawn, type Task } from 'escapement';
import fc from 'fast-check';
import { settle, syncLoop } from './sync-loop.js';

// Random programs on one broadcast, beside a slow and obvious model: a list of its own for each subscriber.

type Step = 'publish' | 'next' | 'pause' | 'leave' | 'close' | 'fail' | { readonly cancel: number };

/** What a `next` came to. */
type Outcome = 'waits' | 'end' | 'failed' | 'cancelled' | { readonly item: number; readonly missed: number };

interface Wait {
  readonly task: number;
  outcome: Outcome;
}

/** A subscriber of the model: its own copy of the items. */
class ModelSubscriber {
  items: number[] = [];
  missed = 0;
  hasLeft = false;
  waits: Wait[] = [];

  constructor(readonly capacity: number) {}

  publish(item: number): void {
    if (this.hasLeft) return;
    this.items.push(item);
    this.serve(undefined);
    while (this.items.length > this.capacity) {
      this.items.shift();
      this.missed++;
    }
  }

  /** What there is now, in order, to those who wait. */
  serve(closed: 'end' | 'failed' | undefined): void {
    while (this.waits.length > 0) {
      const outcome = this.take(closed);
      if (outcome === 'waits') return;
      this.waits.shift()!.outcome = outcome;
    }
  }

  take(closed: 'end' | 'failed' | undefined): Outcome {
    if (this.hasLeft) return 'end';
    const item = this.items.shift();
    if (item === undefined) return closed ?? 'waits';
    const { missed } = this;
    this.missed = 0;
    return { item, missed };
  }
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<Step>('publish', 'publish', 'next', 'next', 'pause') },
  { weight: 2, arbitrary: fc.record({ cancel: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.constantFrom<Step>('leave', 'leave', 'close', 'fail') },
);

/** Each task uses one subscriber; two may use the same. */
const programs = fc.array(fc.record({ uses: fc.nat(3), steps: fc.array(step, { maxLength: 10 }) }), {
  minLength: 1,
  maxLength: 8,
});

function play(capacity: number, programs: readonly { readonly uses: number; readonly steps: readonly Step[] }[]) {
  const news = new Broadcast<number>({ capacity });
  const subscribers: Subscriber<number>[] = [];
  const model: ModelSubscriber[] = [];
  const failure = new Error('closed with this');
  let closed: 'end' | 'failed' | undefined;
  let lastItem = 0;
  const expected: Wait[] = [];
  const seen: Outcome[] = [];
  const cancelled = new Set<number>();
  const tasks: Task[] = [];
  for (let n = 0; n < 4; n++) {
    subscribers.push(news.subscribe());
    model.push(new ModelSubscriber(capacity));
  }

  function closeBoth(how: 'end' | 'failed'): void {
    news.close(how === 'failed' ? failure : undefined);
    closed ??= how;
    for (const each of model) each.serve(closed);
  }

  function publishBoth(): void {
    try {
      news.publish(++lastItem);
    } catch (error) {
      expect(closed).to.not.equal(undefined);
      expect(error).to.satisfy((error: unknown) => (closed === 'failed') === (error === failure));
    }
    if (closed === undefined) for (const each of model) each.publish(lastItem);
  }

  function leaveBoth(uses: number): void {
    subscribers[uses]!.unsubscribe();
    model[uses]!.hasLeft = true;
    model[uses]!.serve(closed);
  }

  function cancelBoth(target: number): void {
    if (tasks[target]?.isEnded === false) {
      cancelled.add(target);
      for (const each of model) {
        for (const wait of each.waits) if (wait.task === target) wait.outcome = 'cancelled';
        each.waits = each.waits.filter(wait => wait.task !== target);
      }
    }
    tasks[target]?.cancel();
  }

  function* next(task: number, uses: number) {
    const place = expected.length;
    const wait: Wait = { task, outcome: model[uses]!.waits.length > 0 ? 'waits' : model[uses]!.take(closed) };
    if (wait.outcome === 'waits' && cancelled.has(task)) wait.outcome = 'cancelled';
    if (wait.outcome === 'waits') model[uses]!.waits.push(wait);
    expected.push(wait);
    seen.push('waits');
    try {
      const result = yield* subscribers[uses]!.next();
      seen[place] = result.done ? 'end' : { item: result.value, missed: result.missed };
    } catch (error) {
      seen[place] = error instanceof Cancelled ? 'cancelled' : 'failed';
      if (error !== failure) throw error;
    }
  }

  function* task(index: number) {
    const { uses, steps } = programs[index]!;
    for (const step of steps) {
      if (step === 'publish') publishBoth();
      else if (step === 'next') yield* next(index, uses);
      else if (step === 'pause') yield* pause();
      else if (step === 'leave') leaveBoth(uses);
      else if (step === 'close') closeBoth('end');
      else if (step === 'fail') closeBoth('failed');
      else cancelBoth(step.cancel % programs.length);
    }
  }

  syncLoop().runSync(function* () {
    for (let index = 0; index < programs.length; index++) tasks.push(yield* spawn(task(index)));
    yield* settle();
    closeBoth('end');
  });
  return {
    seen,
    expected: expected.map(({ outcome }) => outcome),
    left: model.filter(each => !each.hasLeft).length,
    news,
  };
}

describe('sync: random programs on a broadcast', () => {
  it('have the outcomes that the model predicts: each item to each subscriber, or counted as missed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), programs, (capacity, programs) => {
        const { seen, expected, left, news } = play(capacity, programs);
        expect(seen).to.deep.equal(expected);
        expect(news.subscribers).to.equal(left);
      }),
      { numRuns: 700 },
    );
  });
});
