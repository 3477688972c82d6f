import {
  Barrier,
  Broadcast,
  Channel,
  Condition,
  Deferred,
  Lock,
  Queue,
  Semaphore,
  Signal,
  type SyncEvent,
} from '@escapement/sync';
import { expect } from 'chai';
import { spawn, watch } from 'escapement';
import { endOf, settle, syncLoop } from './sync-loop.js';

/** A wait, how it is fulfilled, and how to see that its result is still there for somebody else. */
interface Kind {
  readonly wait: SyncEvent;
  fulfil(): void;
  /** Called after one fulfilment: whether nobody has taken anything. */
  isUntouched(): boolean;
}

const KINDS: Readonly<Record<string, () => Kind>> = {
  'queue.get()'() {
    const queue = new Queue<number>();
    return { wait: queue.get(), fulfil: () => queue.tryPut(1), isUntouched: () => queue.size === 1 };
  },
  'queue.next()'() {
    const queue = new Queue<number>();
    return { wait: queue.next(), fulfil: () => queue.tryPut(1), isUntouched: () => queue.tryGet()?.value === 1 };
  },
  'queue.put()'() {
    const queue = new Queue<number>({ capacity: 1 });
    queue.tryPut(1);
    return { wait: queue.put(2), fulfil: () => queue.tryGet(), isUntouched: () => queue.tryGet() === undefined };
  },
  'channel.put()'() {
    const channel = new Channel<number>();
    return { wait: channel.put(2), fulfil() {}, isUntouched: () => channel.tryGet() === undefined };
  },
  'lock.acquire()'() {
    const lock = new Lock();
    lock.tryAcquire();
    return { wait: lock.acquire(), fulfil: () => lock.release(), isUntouched: () => !lock.isHeld };
  },
  'semaphore.acquire()'() {
    const semaphore = new Semaphore(0);
    const isUntouched = () => semaphore.free === 1 && semaphore.statistics().borrowed === 0;
    return { wait: semaphore.acquire(), fulfil: () => semaphore.release(), isUntouched };
  },
  'semaphore.acquire() after a resize'() {
    const semaphore = new Semaphore(0);
    return { wait: semaphore.acquire(), fulfil: () => semaphore.resize(1), isUntouched: () => semaphore.free === 1 };
  },
  'signal.wait()'() {
    const signal = new Signal();
    return { wait: signal.wait(), fulfil: () => signal.set(), isUntouched: () => signal.isSet };
  },
  'deferred.wait()'() {
    const deferred = new Deferred<number>();
    const isUntouched = () => deferred.result.state === 'succeeded';
    return { wait: deferred.wait(), fulfil: () => deferred.resolve(1), isUntouched };
  },
  'barrier.wait()'() {
    const barrier = new Barrier(2);
    return { wait: barrier.wait(), fulfil() {}, isUntouched: () => barrier.arrived === 0 };
  },
  'subscriber.next()'() {
    const news = new Broadcast<number>();
    const subscriber = news.subscribe();
    const isUntouched = () => syncLoop().runSync(subscriber.next()).value === 1;
    return { wait: subscriber.next(), fulfil: () => news.publish(1), isUntouched };
  },
};

/** The wait, as the one event of which it is known that any of them has a handler. */
const waitOf = ({ wait }: Kind) => wait as ReturnType<Signal['wait']>;

function expectUntouched(name: string, kind: Kind): void {
  expect(kind.isUntouched(), name).to.equal(true);
}

describe('sync: a wait that is disarmed has taken nothing', () => {
  it('25. of a task that is cancelled: what comes in the same turn is still there', () => {
    for (const [name, make] of Object.entries(KINDS)) {
      const kind = make();
      syncLoop().runSync(function* () {
        const task = yield* spawn(waitOf(kind));
        yield* settle();
        task.cancel();
        kind.fulfil();
        yield* settle();
        expect(endOf(task), name).to.equal('cancelled');
      });
      expectUntouched(name, kind);
    }
  });

  it('25. of a watch that is cancelled, or whose task has ended: what comes in the same turn is still there', () => {
    for (const [name, make] of Object.entries(KINDS)) {
      const informed = () => expect.fail(`${name} informed a watch that was over`);
      const target = { resolved: informed, rejected: informed };
      const [cancelled, orphaned] = [make(), make()];
      syncLoop().runSync(function* () {
        const watching = yield* watch(waitOf(cancelled), target);
        expect(watching.cancel()).to.equal(true);
        cancelled.fulfil();
        yield* settle();
        const owner = yield* spawn(function* () {
          yield* watch(waitOf(orphaned), target);
        });
        yield* owner.join();
        orphaned.fulfil();
      });
      expectUntouched(name, cancelled);
      expectUntouched(name, orphaned);
    }
  });

  it('25. what came before the cancellation is not lost: the watch has informed, the task gets its value', () => {
    for (const [name, make] of Object.entries(KINDS)) {
      // Nothing comes there.
      if (name === 'channel.put()' || name === 'barrier.wait()') continue;
      const told: string[] = [];
      const [watched, waited] = [make(), make()];
      syncLoop().runSync(function* () {
        const watching = yield* watch(waitOf(watched), { resolved: () => told.push('watch'), rejected() {} });
        watched.fulfil();
        watching.cancel();
        expect(told, name).to.deep.equal(['watch']);
        const task = yield* spawn(function* () {
          yield* waitOf(waited);
          told.push('task');
        });
        yield* settle();
        waited.fulfil();
        task.cancel();
        yield* settle();
        expect(told, name).to.deep.equal(['watch', 'task']);
      });
    }
  });

  it('25. condition.wait(): the notification goes to the next', () => {
    const lock = new Lock();
    const changed = new Condition(lock);
    const told: string[] = [];
    function* waiting(name: string) {
      yield* lock.with(function* () {
        yield* changed.wait();
        told.push(name);
      });
    }
    syncLoop().runSync(function* () {
      const first = yield* spawn(waiting('first'));
      yield* spawn(waiting('second'));
      yield* settle();
      first.cancel();
      changed.notify();
      yield* settle();
    });
    expect(told).to.deep.equal(['second']);
  });
});
