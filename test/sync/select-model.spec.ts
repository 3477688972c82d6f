import { Broadcast, Lock, Queue, Semaphore, type Subscriber } from '@escapement/sync';
import { expect } from 'chai';
import { Cancelled, pause, select, spawn, type Task } from 'escapement';
import fc from 'fast-check';
import { settle, syncLoop } from './sync-loop.js';

// Random programs that select among waits of all kinds. Whatever wins, loses or is cancelled: nothing is lost or taken twice.

type Branch = 'get' | 'put' | 'next' | 'permit' | 'lock';
type Step =
  | { readonly select: readonly Branch[] }
  | 'pause'
  | 'publish'
  | 'put'
  | 'take'
  | 'release'
  | { readonly cancel: number };

const branch = fc.constantFrom<Branch>('get', 'put', 'next', 'permit', 'lock');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ select: fc.uniqueArray(branch, { minLength: 1, maxLength: 5 }) }) },
  { weight: 5, arbitrary: fc.constantFrom<Step>('pause', 'publish', 'put', 'take', 'release') },
  { weight: 1, arbitrary: fc.record({ cancel: fc.nat(5) }) },
);
const programs = fc.array(fc.array(step, { maxLength: 8 }), { minLength: 1, maxLength: 6 });

class Play {
  readonly undelivered: number[] = [];
  readonly queue = new Queue<number>({ capacity: 2, undelivered: item => this.undelivered.push(item) });
  readonly news = new Broadcast<number>({ capacity: 1000 });
  readonly permits = new Semaphore(1, { max: 1 });
  readonly lock = new Lock();
  readonly tasks: Task[] = [];
  readonly given: number[] = [];
  readonly taken: number[] = [];
  readonly offered: number[] = [];
  /** Of each subscriber, what it got. */
  readonly heard = new Map<Subscriber<number>, number[]>();
  held = 0;
  published = 0;
  #lastItem = 0;

  constructor(readonly programs: readonly (readonly Step[])[]) {}

  run(): void {
    const play = this;
    syncLoop().runSync(function* () {
      for (const steps of play.programs) {
        const subscriber = play.news.subscribe();
        play.heard.set(subscriber, []);
        play.tasks.push(yield* spawn(play.task(steps, subscriber)));
      }
      yield* settle();
      for (const task of play.tasks) task.cancel();
    });
  }

  *task(steps: readonly Step[], subscriber: Subscriber<number>) {
    for (const step of steps) {
      if (step === 'pause') yield* pause();
      else if (step === 'publish') this.news.publish(this.published++);
      else if (step === 'put') this.#tryPut();
      else if (step === 'take') this.#keep(this.queue.tryGet());
      else if (step === 'release') this.#release();
      else if ('cancel' in step) this.tasks[step.cancel % this.programs.length]?.cancel();
      else yield* this.#select(step.select, subscriber);
    }
  }

  *#select(kinds: readonly Branch[], subscriber: Subscriber<number>) {
    const item = ++this.#lastItem;
    const all = {
      get: this.queue.get(),
      put: this.queue.put(item),
      next: subscriber.next(),
      permit: this.permits.acquire(),
      lock: this.lock.acquire(),
    };
    const chosen = Object.fromEntries(kinds.map(kind => [kind, all[kind]])) as typeof all;
    if (kinds.includes('put')) this.offered.push(item);
    let first: { readonly key: string; readonly value: unknown };
    try {
      first = yield* select(chosen);
    } catch (error) {
      if (error instanceof Cancelled) throw error;
      // It holds the lock already.
      expect(error).to.have.property('code', 'ESC_LOCK_HELD');
      return;
    }
    if (first.key === 'get') this.taken.push(first.value as number);
    else if (first.key === 'put') this.given.push(item);
    else if (first.key === 'next') this.heard.get(subscriber)!.push((first.value as { value: number }).value);
    else if (first.key === 'permit') this.held++;
    else this.lock.release();
  }

  #tryPut(): void {
    const item = ++this.#lastItem;
    if (this.queue.tryPut(item)) this.given.push(item);
  }

  #keep(got: { readonly value: number } | undefined): void {
    if (got !== undefined) this.taken.push(got.value);
  }

  #release(): void {
    if (this.held === 0) return;
    this.held--;
    this.permits.release();
  }

  left(): number[] {
    const left: number[] = [];
    for (let got = this.queue.tryGet(); got !== undefined; got = this.queue.tryGet()) left.push(got.value);
    return left;
  }
}

const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);

describe('sync: random programs that select', () => {
  it('25. lose nothing and take nothing twice, whichever branch wins, whoever is cancelled', () => {
    fc.assert(
      fc.property(programs, programs => {
        const play = new Play(programs);
        play.run();
        expect(sorted([...play.taken, ...play.left()]), 'items').to.deep.equal(sorted(play.given));
        expect(new Set(play.undelivered).size, 'undelivered, each once').to.equal(play.undelivered.length);
        expect(play.offered, 'undelivered').to.include.members(play.undelivered);
        const both = play.undelivered.filter(item => play.given.includes(item));
        expect(both, 'given and undelivered').to.deep.equal([]);
        for (const heard of play.heard.values()) expect(heard, 'published').to.deep.equal(heard.map((_, n) => n));
        expect(play.permits.statistics(), 'permits').to.deep.include({ borrowed: play.held, waiting: 0 });
        expect(play.lock.isHeld, 'lock').to.equal(false);
      }),
      { numRuns: 500 },
    );
  });
});
