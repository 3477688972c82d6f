import {
  Barrier,
  Channel,
  Condition,
  Lock,
  Queue,
  Semaphore,
  Signal,
  type SyncEvent,
  SyncHandler,
} from '@escapement/sync';
import { expect } from 'chai';
import { type CoreEvent, type Coroutine, spawn, type Task, type Waiter } from 'escapement';
import fc from 'fast-check';
import type { Fifo as AnyFifo } from '../../packages/sync/dist/fifo.js';
import type { WaitLine as AnyLine } from '../../packages/sync/dist/wait-line.js';
import { virtualLoop } from '../support/virtual-loop.js';
import { settle } from './sync-loop.js';

interface Waiting {
  isSettled: boolean;
}

// Not exported: how those who wait are kept is the business of locks and queues.
const inside = (file: string) => import(new URL(`../../../packages/sync/dist/${file}`, import.meta.url).href);
const { WaitLine }: { WaitLine: new () => AnyLine<Waiting> } = await inside('wait-line.js');
const { Fifo }: { Fifo: new () => AnyFifo<number> } = await inside('fifo.js');

function lineOf(length: number) {
  const line = new WaitLine();
  const waiting = Array.from({ length }, () => ({ isSettled: false }));
  for (const one of waiting) line.add(one);
  return { line, waiting };
}

function leave(line: AnyLine<Waiting>, one: Waiting): void {
  one.isSettled = true;
  line.leave();
}

function collect(): void {
  (globalThis as { gc?: () => void }).gc?.();
}

/** Remembers, weakly, all who ever waited. */
class WatchingHandler extends SyncHandler {
  readonly waiters: WeakRef<Waiter<unknown>>[] = [];

  override arm(event: SyncEvent, waiter: Waiter<unknown>): void {
    this.waiters.push(new WeakRef(waiter));
    super.arm(event, waiter);
  }
}

describe('sync: a line of those who wait', () => {
  it('keeps at most twice as many as wait, in whatever order they leave', () => {
    const orders = fc.array(fc.nat(), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(orders, order => {
        const { line, waiting } = lineOf(order.length);
        for (const choice of order) {
          const [one] = waiting.splice(choice % waiting.length, 1);
          leave(line, one!);
          expect(line.mostLength).to.be.within(waiting.length, 2 * waiting.length);
        }
      }),
    );
  });

  it('keeps its order, and all who wait, when half of it has left', () => {
    const { line, waiting } = lineOf(4);
    leave(line, waiting[1]!);
    leave(line, waiting[2]!);
    expect(line.mostLength, 'the walk along the line is put off until it frees more than it keeps').to.equal(4);
    expect(line.length).to.equal(2);
    expect(line.takeAll()).to.deep.equal([waiting[0], waiting[3]]);
  });

  it('drops whoever left when his turn comes, also those who left without a word', () => {
    const { line, waiting } = lineOf(10);
    // As in a run that broke.
    for (const one of waiting.slice(0, 5)) one.isSettled = true;
    expect(line.take()).to.equal(waiting[5]);
    expect(line.mostLength).to.equal(4);
    for (const one of waiting.slice(6, 9)) leave(line, one);
    expect(line.mostLength).to.equal(1);
    expect(line.takeAll()).to.deep.equal([waiting[9]]);
  });

  it('holds on to nobody who gave up, though nobody else ever comes: of each kind', async () => {
    const lock = new Lock();
    lock.tryAcquire();
    const free = new Lock();
    const condition = new Condition(free);
    const semaphore = new Semaphore(0);
    const signal = new Signal();
    const barrier = new Barrier(100);
    const queue = new Queue<number>();
    const channel = new Channel<number>();
    const waits: (() => Coroutine<unknown, SyncEvent | CoreEvent>)[] = [
      () => free.with(() => condition.wait()),
      ...[lock.acquire(), semaphore.acquire(), signal.wait(), barrier.wait()].map(event => () => waitFor(event)),
      ...[queue.get(), queue.next(), channel.put(1)].map(event => () => waitFor(event)),
    ];
    const handler = new WatchingHandler();
    virtualLoop({ handlers: [handler] }).loop.runSync(function* () {
      for (const wait of waits) {
        const tasks: Task[] = [];
        for (let n = 0; n < 10; n++) tasks.push(yield* spawn(wait()));
        yield* settle();
        for (const task of tasks) task.cancel();
        yield* settle();
      }
    });
    const left = () => handler.waiters.filter(ref => ref.deref() !== undefined).length;
    expect(left()).to.equal(10 * waits.length);
    for (let n = 0; n < 20 && left() > 0; n++) {
      await new Promise(resolve => setImmediate(resolve));
      collect();
    }
    expect(left()).to.equal(0);
    // Still in use here, so that they were not collected themselves.
    expect(String([lock, condition, semaphore, signal, barrier, queue, channel])).to.include('semaphore');
  });
});

function* waitFor<E extends SyncEvent>(event: E): Coroutine<unknown, E> {
  return yield event;
}

describe('sync: the ring of a queue', () => {
  it('gives its memory back once it is almost empty', () => {
    const ring = new Fifo();
    for (let n = 0; n < 1_000_000; n++) ring.push(n);
    collect();
    const full = process.memoryUsage().heapUsed;
    for (let n = 0; n < 1_000_000 - 10; n++) ring.shift();
    collect();
    // A million places take 4 MB at least.
    expect(full - process.memoryUsage().heapUsed).to.be.greaterThan(3_000_000);
    expect(ring.size).to.equal(10);
    expect(ring.shift()).to.equal(1_000_000 - 10);
  });
});
