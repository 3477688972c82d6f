import { Channel, Condition, Lock } from '@escapement/sync';
import { expect } from 'chai';
import { Cancelled, type Coroutine, pause, spawn } from 'escapement';
import { syncLoop, thrownBy } from './sync-loop.js';

// biome-ignore lint/suspicious/noExplicitAny: what is given is wrong on purpose
type Anything = any;

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const throwsWhenRead = {
  get releaseAs(): never {
    throw new Error('do not look');
  },
};

describe('sync: what a constructor is given', () => {
  it('Condition takes a lock and nothing else', () => {
    for (const given of [undefined, null, 5, 'lock', {}, { releaseAs: 5 }, throwsWhenRead, revoked(), Lock]) {
      const error = thrownBy(() => new Condition(given as Anything));
      expect(error).to.have.property('code', 'ESC_NOT_A_LOCK');
      expect(error.message).to.include('new Condition got').and.include('Write new Condition(lock)');
    }
  });

  it('Condition takes whatever releases as a lock does: it may come from another copy', () => {
    expect(() => new Condition({ releaseAs() {} } as Anything)).not.to.throw();
  });

  it('Channel keeps its name and its capacity, and has a default of 0', () => {
    expect(String(new Channel({ name: 'pipe' }))).to.include('"pipe"');
    expect(String(new Channel())).not.to.include('"');
    const roomy = new Channel<number>({ capacity: 1 });
    expect([roomy.tryPut(1), roomy.tryPut(2)]).to.deep.equal([true, false]);
    expect(new Channel<number>().tryPut(1)).to.equal(false);
    expect(thrownBy(() => new Channel(5 as Anything)).code).to.equal('ESC_INVALID_ARGUMENT');
  });
});

describe('sync: a release that fails after the body of `with`', () => {
  /** Runs a body that has released the lock itself, and then ends as `end` says. @returns what comes out */
  function outcomeOf(end: () => Coroutine<unknown, Anything>): Anything {
    const lock = new Lock('db');
    return thrownBy(() =>
      syncLoop().runSync(function* () {
        yield* lock.with(function* () {
          lock.release();
          yield* end();
        });
      }),
    );
  }

  it('is thrown alone if the body has succeeded', () => {
    expect(outcomeOf(function* () {})).to.have.property('code', 'ESC_LOCK_NOT_HELD');
  });

  it('is thrown with the error of the body', () => {
    const failure = new Error('body');
    const error = outcomeOf(function* () {
      throw failure;
    });
    expect(error).to.be.instanceOf(AggregateError);
    expect(error.message).to.equal('the body of lock.with failed, and so did the release');
    expect(error.errors[0]).to.equal(failure);
    expect(error.errors[1]).to.have.property('code', 'ESC_LOCK_NOT_HELD');
    expect(error.errors).to.have.length(2);
  });

  it('is thrown with a Cancelled of another loop, which is an error like any other', () => {
    let foreign: unknown;
    syncLoop().runSync(function* () {
      const task = yield* spawn(function* () {
        try {
          yield* pause();
          yield* pause();
        } catch (error) {
          foreign = error;
          throw error;
        }
      });
      yield* pause();
      task.cancel();
    });
    expect(foreign).to.be.instanceOf(Cancelled);
    const error = outcomeOf(function* () {
      throw foreign;
    });
    expect(error.errors[0]).to.equal(foreign);
  });

  it('replaces the cancellation of its own task', () => {
    const lock = new Lock('db');
    const error = thrownBy(() =>
      syncLoop().runSync(function* () {
        const task = yield* spawn(function* () {
          yield* lock.with(function* () {
            lock.release();
            for (;;) yield* pause();
          });
        });
        yield* pause();
        task.cancel();
        yield* task.join();
      }),
    );
    expect(error).to.have.property('code', 'ESC_LOCK_NOT_HELD');
  });
});
