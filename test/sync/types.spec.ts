import {
  type Acquire,
  Broadcast,
  Channel,
  Condition,
  Deferred,
  type DeferredSettled,
  type Get,
  Lock,
  type Next,
  type Published,
  type PublishedResult,
  type Put,
  Queue,
  type QueueOptions,
  Semaphore,
  Signal,
  type Subscriber,
  SyncHandler,
} from '@escapement/sync';
import { syncModule } from '@escapement/sync/module';
import { expect } from 'chai';
import { busyWaitModule, createLoop, type SleepFor, sleep, sleepModule } from 'escapement';

// What must not compile. The compiler checks it: an `@ts-expect-error` without an error is an error.

/** True if `A` and `B` are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const isTrue = <T extends true>(_?: T): void => {};
type EventsOf<F extends () => Generator<unknown, unknown, unknown>> =
  ReturnType<F> extends Generator<infer E, unknown, unknown> ? E : never;

describe('sync: the types', () => {
  const without = () => createLoop(busyWaitModule, sleepModule);

  it('refuse a program with a lock on a loop without syncModule', () => {
    const lock = new Lock();
    // The lock is free, so this would run without a handler.
    // @ts-expect-error Acquire has no handler in this loop
    without().runSync(lock.acquire());
    lock.release();
    // @ts-expect-error nor inside of `with`
    without().runSync(lock.with(sleep(0)));
    createLoop(busyWaitModule, sleepModule, syncModule).runSync(lock.with(sleep(0)));
  });

  it('refuse every other wait there', () => {
    const queue = new Queue<number>();
    const lock = new Lock();
    const rest = () => sleep(0);
    const programs = () => {
      // @ts-expect-error Put
      without().runSync(queue.put(1));
      // @ts-expect-error Get
      without().runSync(queue.get());
      // @ts-expect-error Next
      without().runSync(queue.next());
      // @ts-expect-error Acquire
      without().runSync(new Semaphore(1).acquire());
      // @ts-expect-error SignalSet
      without().runSync(new Signal().wait());
      // @ts-expect-error Notified
      without().runSync(new Condition(lock).wait());
      // @ts-expect-error DeferredSettled
      without().runSync(new Deferred<number>().wait());
      // @ts-expect-error nor the deferred itself
      without().runSync(new Deferred<number>());
      // @ts-expect-error Published
      without().runSync(new Broadcast<number>().subscribe().next());
      // @ts-expect-error nor inside of `forEach`
      without().runSync(new Broadcast<number>().subscribe().forEach(rest));
    };
    expect(programs).to.be.a('function');
  });

  it('keep the events of the body', () => {
    const lock = new Lock();
    const queue = new Queue<string>();
    function* main() {
      const value = yield* lock.with(function* () {
        yield* sleep(1);
        return 7;
      });
      isTrue<Same<typeof value, number>>();
      yield* queue.forEach(function* (item) {
        isTrue<Same<typeof item, string>>();
        yield* sleep(1);
      });
    }
    isTrue<Same<EventsOf<typeof main>, Acquire | SleepFor | Next<string>>>();
    // @ts-expect-error SleepFor has no handler in this loop
    expect(() => createLoop(busyWaitModule, syncModule).runSync(main)).to.throw();
  });

  it('know the items of a queue', () => {
    const queue = new Queue<number>();
    const channel = new Channel<'ping' | 'pong'>();
    function* program() {
      yield* queue.put(1);
      const item = yield* queue.get();
      isTrue<Same<typeof item, number>>();
      const next = yield* channel.next();
      if (!next.done) isTrue<Same<typeof next.value, 'ping' | 'pong'>>();
      const maybe = queue.tryGet();
      isTrue<Same<typeof maybe, { readonly value: number } | undefined>>();
    }
    isTrue<Same<EventsOf<typeof program>, Put<number> | Get<number> | Next<'ping' | 'pong'>>>();
    // @ts-expect-error a string is not a number
    queue.put('1');
    // @ts-expect-error nor a word of theirs
    channel.tryPut('pang');
  });

  it('know the value of a deferred, and the items of a broadcast', () => {
    const port = new Deferred<number>();
    const news = new Broadcast<'ping' | 'pong'>();
    function* program() {
      const value = yield* port;
      isTrue<Same<typeof value, number>>();
      const next = yield* news.subscribe().next();
      isTrue<Same<typeof next, PublishedResult<'ping' | 'pong'>>>();
      if (!next.done) isTrue<Same<typeof next.value, 'ping' | 'pong'>>();
      // @ts-expect-error the end has missed nothing
      next.missed.toFixed();
      if (port.result.state === 'succeeded') isTrue<Same<typeof port.result.value, number>>();
      // @ts-expect-error a deferred is not cancelled
      if (port.result.state === 'cancelled') return;
    }
    isTrue<Same<EventsOf<typeof program>, DeferredSettled<number> | Published<'ping' | 'pong'>>>();
    // @ts-expect-error a string is no port
    port.resolve('80');
    // @ts-expect-error there must be a value
    port.resolve();
    new Deferred().resolve();
    // @ts-expect-error nor a word of theirs
    news.publish('pang');
    const wide: Subscriber<string> = news.subscribe();
    expect(String(wide)).to.equal('subscriber of broadcast');
  });

  it('know what a queue gives back, and take options for any items', () => {
    const options: QueueOptions = { capacity: 3 };
    const closing = new Queue({ ...options, undelivered: (item: { close(): void }) => item.close() });
    // @ts-expect-error it has no `close`
    closing.tryPut({});
    // @ts-expect-error no such policy
    expect(() => new Queue({ overflow: 'drop' })).to.throw();
  });

  it('make an EventLoop of the handler alone, too', () => {
    expect(new SyncHandler().handles.name).to.equal('SyncEvent');
  });
});
