import { Lock } from '@escapement/sync';
import { expect } from 'chai';
import {
  type AnyBody,
  all,
  allSettled,
  any,
  Cancelled,
  type Coroutine,
  call,
  DeadlockError,
  ensure,
  map,
  pause,
  race,
  scope,
  shield,
  sleep,
  spawn,
  supervise,
  type Task,
  timeout,
} from 'escapement';
import { settle, syncLoop, thrownBy } from './sync-loop.js';

// biome-ignore lint/suspicious/noExplicitAny: programs of any events
type Anything = Coroutine<any, any>;

/** What the holder of a lock does, beside a `wait` for that lock below it. */
type Holder = (wait: () => Anything, lock: Lock) => Anything;

/** Runs `holder` while it holds the lock. @returns the error of the wait below it, if it got one */
function errorBelow(holder: Holder): { code?: string; message: string } | undefined {
  const lock = new Lock('db');
  let caught: { code?: string; message: string } | undefined;
  function* wait(): Anything {
    try {
      yield* lock.acquire();
    } catch (error) {
      if (error instanceof Cancelled) throw error;
      caught = error as Error;
      return;
    }
    lock.release();
  }
  syncLoop().runSync(function* main(): Anything {
    yield* lock.acquire();
    yield* holder(wait, lock);
    if (lock.holder?.name === 'main') lock.release();
    yield* settle();
  });
  expect(lock.isHeld).to.equal(false);
  return caught;
}

const STUCK: Readonly<Record<string, Holder>> = {
  'in a timeout': wait => timeout(100, wait) as Anything,
  'in a scope': wait => scope(wait) as Anything,
  'in a shield': wait => shield(wait) as Anything,
  'in a supervise': wait => supervise(wait) as Anything,
  'in an all': wait => all([wait]) as Anything,
  'in an allSettled': wait => allSettled([wait]) as Anything,
  'in a race': wait => race([wait, () => sleep(50)]) as Anything,
  'in an any': wait => any([wait]) as Anything,
  'in a map': wait => map([1, 2], () => wait()) as Anything,
  'in a scope in a timeout in an all': wait =>
    all([() => timeout(100, scope(wait) as Anything)] as AnyBody[]) as Anything,
  'in a task that a scope spawned and waits for': wait =>
    scope(function* (): Anything {
      yield* spawn(wait);
    }) as Anything,
  'in a task that the holder spawned and joins': function* (wait) {
    const child = yield* spawn(wait);
    yield* child.join();
  },
  'in a clean-up below': wait =>
    scope(function* (): Anything {
      yield* ensure(wait);
    }) as Anything,
  'through a call': wait => call(() => scope(wait) as Anything) as Anything,
};

const LEGAL: Readonly<Record<string, Holder>> = {
  'a task that the holder spawned, and which it lets run on': function* (wait, lock) {
    yield* spawn(wait);
    yield* settle();
    lock.release();
  },
  'a task that the holder spawned, beside a scope that it waits for': function* (wait, lock) {
    yield* spawn(wait);
    yield* scope(() => sleep(5));
    lock.release();
  },
  'a task that the holder joins only after the release': function* (wait, lock) {
    const child: Task = yield* spawn(wait);
    yield* sleep(5);
    lock.release();
    yield* child.join();
  },
  'a task that the holder spawned, while it joins another': function* (wait, lock) {
    yield* spawn(wait);
    const other: Task = yield* spawn(sleep(5));
    yield* other.join();
    lock.release();
  },
  'a task beside the body of a scope, which releases for the holder': (wait, lock) =>
    scope(function* (): Anything {
      yield* spawn(wait);
      yield* sleep(5);
      lock.release();
    }) as Anything,
  'a daemon of a scope that is over': wait =>
    scope(function* (): Anything {
      yield* spawn(wait, { daemon: true });
      yield* spawn(sleep(1));
    }) as Anything,
  'a task below a task that the holder lets run on': function* (wait, lock) {
    yield* spawn(scope(wait) as Anything);
    yield* settle();
    lock.release();
  },
};

function* bare(lock: Lock): Anything {
  yield lock.acquire();
}

describe('sync: a lock that is waited for below its holder', () => {
  it('20. is an error at once wherever the holder waits for the end of the task: timeout, scope, all, race, map, join, nested', () => {
    for (const [where, holder] of Object.entries(STUCK)) {
      const error = errorBelow(holder);
      expect(error?.code, where).to.equal('ESC_LOCK_HELD');
      expect(error?.message, where).to.match(
        /^task ".+" acquired lock "db", which is held by task "main", and that waits for the end of this task: both would wait forever\. /,
      );
    }
  });

  it('20. is none for a task that the holder lets run on, beside what it waits for', () => {
    for (const [who, holder] of Object.entries(LEGAL)) expect(errorBelow(holder), who).to.equal(undefined);
  });

  it('20. also with a bare `yield`, with `with`, and for a holder whose child acquired it', () => {
    const lock = new Lock('db');
    const codes = syncLoop().runSync(function* (): Anything {
      yield* timeout(10, lock.acquire());
      const codes: unknown[] = [];
      for (const body of [lock.with(pause()), bare(lock)]) {
        try {
          yield* scope(body);
        } catch (error) {
          codes.push((error as { code?: string }).code);
        }
      }
      lock.release();
      return codes;
    });
    expect(codes).to.deep.equal(['ESC_LOCK_HELD', 'ESC_LOCK_HELD']);
  });

  it('20. `tryAcquire` below the holder waits for nothing: it returns false', () => {
    const lock = new Lock('db');
    const taken = syncLoop().runSync(
      lock.with(
        () =>
          scope(function* () {
            yield* pause();
            return lock.tryAcquire();
          }) as Anything,
      ),
    );
    expect(taken).to.equal(false);
  });

  it('20. a holder that has finished, whose children could still release it, is left to the deadlock report', () => {
    const lock = new Lock('db');
    function* releasing() {
      yield* pause();
      lock.release();
    }
    syncLoop().runSync(function* () {
      yield* lock.acquire();
      yield* spawn(lock.with(pause()));
      yield* spawn(releasing());
    });
    const run = () =>
      syncLoop().runSync(function* () {
        yield* lock.acquire();
        yield* spawn(lock.acquire());
      });
    expect(thrownBy(run)).to.be.instanceOf(DeadlockError);
  });

  it('20. of a thousand scopes deep is found, too', () => {
    const lock = new Lock('db');
    function* deep(levels: number): Anything {
      if (levels > 0) yield* scope(deep(levels - 1));
      else yield* lock.acquire();
    }
    const error = thrownBy(() => syncLoop().runSync(lock.with(() => deep(1000))));
    expect(error.code).to.equal('ESC_LOCK_HELD');
  });
});
