import { Barrier, Channel, Condition, Lock, Queue, Semaphore, Signal } from '@escapement/sync';
import { expect } from 'chai';
import { DeadlockError, pause, spawn } from 'escapement';
import { syncLoop, thrownBy } from './sync-loop.js';

// The numbers are those of the clauses in packages/sync/README.md.
describe('sync: the contract of deadlock reports', () => {
  it('14. a deadlock report names each waiting task, its event, and the holder of each lock', () => {
    const lock = new Lock('db');
    const queue = new Queue<number>({ capacity: 1, name: 'jobs' });
    const error = thrownBy(() =>
      syncLoop().runSync(function* main() {
        yield* spawn(lock.acquire(), { name: 'reader' });
        yield* spawn(lock.with(pause()), { name: 'writer' });
        yield* spawn(new Semaphore(0, { name: 'pool' }).acquire(), { name: 'caller' });
        yield* spawn(new Signal('ready').wait(), { name: 'guest' });
        yield* spawn(new Barrier(3, 'round').wait(), { name: 'player' });
        yield* spawn(new Queue().get(), { name: 'consumer' });
        yield* spawn(new Channel({ name: 'mail' }).put(1), { name: 'sender' });
        yield* queue.put(1);
        yield* spawn(queue.put(2), { name: 'producer' });
        yield* spawn(new Queue({ name: 'ideas' }).next(), { name: 'thinker' });
        const guard = new Lock('stock');
        yield* spawn(
          guard.with(() => new Condition(guard, 'sold').wait()),
          { name: 'seller' },
        );
      }),
    );
    expect(error).to.be.instanceOf(DeadlockError);
    expect((error as DeadlockError).waits.map(line => line.trim())).to.deep.equal([
      'task "main" is finished and waits for its children',
      'task "writer" waits for Acquire(lock "db", held by task "main", acquired by task "reader", which has ended)',
      'task "caller" waits for Acquire(semaphore "pool", permits free: 0, tasks waiting: 1)',
      'task "guest" waits for SignalSet(signal "ready")',
      'task "player" waits for AllArrived(barrier "round", 1 of 3 have arrived)',
      'task "consumer" waits for Get(queue, empty)',
      'task "sender" waits for Put(channel "mail", no taker)',
      'task "producer" waits for Put(queue "jobs", full with 1)',
      'task "thinker" waits for Next(queue "ideas", empty)',
      'task "seller" waits for Notified(condition "sold" of lock "stock", held by nobody)',
    ]);
  });

  it('14. a deadlock report of two tasks that wait for each other', () => {
    const [a, b] = [new Lock('a'), new Lock('b')];
    function* both(first: Lock, second: Lock) {
      yield* first.acquire();
      yield* pause();
      yield* second.acquire();
    }
    const error = thrownBy(() =>
      syncLoop().runSync(function* () {
        yield* spawn(both(a, b), { name: 'there' });
        yield* spawn(both(b, a), { name: 'back' });
      }),
    ) as DeadlockError;
    expect(error.waits.slice(1).map(line => line.trim())).to.deep.equal([
      'task "there" waits for Acquire(lock "b", held by task "back")',
      'task "back" waits for Acquire(lock "a", held by task "there")',
      'in a circle: "there" waits for "back" waits for "there"',
    ]);
  });

  it('14. a lock has no holder once the task that acquired it and all above it have ended', () => {
    const lock = new Lock('db');
    syncLoop().runSync(function* main() {
      yield* lock.acquire();
    });
    expect(lock.holder).to.equal(undefined);
    expect(String(lock)).to.equal('lock "db", acquired by task "main", which has ended');
  });
});
