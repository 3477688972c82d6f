import { Broadcast, type PublishedResult, type Subscriber } from '@escapement/sync';
import { syncModule } from '@escapement/sync/module';
import { expect } from 'chai';
import {
  createLoop,
  type DeadlockError,
  pause,
  setTimeoutModule,
  sleep,
  sleepModule,
  spawn,
  timeout,
  watch,
} from 'escapement';
import { catching, settle, syncLoop, thrownBy } from './sync-loop.js';

/** Takes all that comes, as `item` or `item (after n)`. */
function* recording(subscriber: Subscriber<unknown>, log: string[]) {
  for (let next = yield* subscriber.next(); !next.done; next = yield* subscriber.next()) {
    log.push(next.missed === 0 ? `${next.value}` : `${next.value} (after ${next.missed})`);
  }
  log.push('end');
}

const resting = () => sleep(1000);

// The numbers are those of the clauses in packages/sync/README.md.
describe('sync: the contract of a broadcast', () => {
  it('21. each subscriber gets each item that was published after it subscribed, in order, then the end', () => {
    const news = new Broadcast<number>();
    const logs: string[][] = [[], [], []];
    syncLoop().runSync(function* () {
      yield* spawn(recording(news.subscribe(), logs[0]!));
      news.publish(1);
      yield* spawn(recording(news.subscribe(), logs[1]!));
      yield* settle();
      news.publish(2);
      news.publish(3);
      const late = news.subscribe();
      news.publish(4);
      news.close();
      news.close();
      yield* recording(late, logs[2]!);
    });
    expect(logs).to.deep.equal([
      ['1', '2', '3', '4', 'end'],
      ['2', '3', '4', 'end'],
      ['4', 'end'],
    ]);
  });

  it('22. a subscriber that is behind by more than the capacity misses the oldest, and is told how many', () => {
    const news = new Broadcast<number>({ capacity: 2 });
    const [slow, quick]: [string[], string[]] = [[], []];
    syncLoop().runSync(function* () {
      const [late, prompt] = [news.subscribe(), news.subscribe()];
      yield* spawn(recording(prompt, quick));
      for (const item of [1, 2, 3, 4, 5]) {
        news.publish(item);
        yield* settle();
      }
      yield* spawn(recording(late, slow));
      yield* settle();
      for (const item of [6, 7, 8]) news.publish(item);
      news.close();
    });
    // It had the 6th in its hands when the others came.
    expect(slow).to.deep.equal(['4 (after 3)', '5', '6', '7', '8', 'end']);
    expect(quick).to.deep.equal(['1', '2', '3', '4', '5', '6', '7', '8', 'end']);
  });

  it('22. no subscriber slows down another one, or `publish`, which never waits', () => {
    const news = new Broadcast<number>({ capacity: 4 });
    const stuck = news.subscribe();
    const log: string[] = [];
    syncLoop().runSync(function* () {
      yield* spawn(recording(news.subscribe(), log));
      yield* settle();
      for (let item = 0; item < 100; item++) {
        news.publish(item);
        if (item % 3 === 0) yield* pause();
      }
      news.close();
      expect(yield* stuck.next()).to.deep.equal({ done: false, value: 96, missed: 96 });
    });
    expect(log).to.have.lengthOf(101);
  });

  it('21. items of one subscriber go to one of several tasks that use it', () => {
    const news = new Broadcast<number>();
    const shared = news.subscribe();
    const log: string[] = [];
    syncLoop().runSync(function* () {
      for (const name of ['a', 'b', 'c']) {
        yield* spawn(function* () {
          const next = yield* shared.next();
          log.push(`${name} ${next.value}`);
        });
      }
      yield* settle();
      news.publish(1);
      yield* settle();
      expect(log).to.deep.equal(['a 1']);
      news.publish(2);
      news.close();
    });
    expect(log).to.deep.equal(['a 1', 'b 2', 'c undefined']);
  });

  it('21. undefined is an item like any other', () => {
    const news = new Broadcast<undefined>();
    const subscriber = news.subscribe();
    news.publish(undefined);
    expect(syncLoop().runSync(subscriber.next())).to.deep.equal({ done: false, value: undefined, missed: 0 });
  });

  it('23. `close(error)` throws that very error behind the items that are there, and at `publish`', () => {
    const news = new Broadcast<number>({ name: 'news' });
    const failure = new RangeError('the source has failed');
    const caught: unknown[] = [];
    syncLoop().runSync(function* () {
      const subscriber = news.subscribe();
      const waiting = news.subscribe();
      yield* spawn(function* () {
        try {
          yield* waiting.forEach(pause);
        } catch (error) {
          caught.push(error);
        }
      });
      yield* settle();
      news.publish(1);
      news.close(failure);
      news.close(new Error('too late'));
      expect((yield* subscriber.next()).value).to.equal(1);
      try {
        yield* subscriber.next();
      } catch (error) {
        caught.push(error);
      }
    });
    caught.push(thrownBy(() => news.publish(2)));
    expect(caught).to.deep.equal([failure, failure, failure]);
  });

  it('23. `publish` on a closed one throws BroadcastClosedError', () => {
    const news = new Broadcast<number>({ name: 'news' });
    news.close();
    const error = thrownBy(() => news.publish(1));
    expect(error.code).to.equal('ESC_BROADCAST_CLOSED');
    expect(error.message).to.equal(
      'code outside any task published an item in broadcast "news", which is closed; no subscriber got it. Close it after the last publish, or catch this error and stop.',
    );
    expect(syncLoop().runSync(news.subscribe().next())).to.deep.equal({ done: true, value: undefined });
  });

  it('24. a subscriber that leaves gets the end at once, also where a task waits, and no more items', () => {
    const news = new Broadcast<number>();
    const [leaving, staying] = [news.subscribe(), news.subscribe()];
    const logs: string[][] = [[], []];
    syncLoop().runSync(function* () {
      yield* spawn(recording(leaving, logs[0]!));
      yield* spawn(recording(staying, logs[1]!));
      yield* settle();
      news.publish(1);
      yield* settle();
      news.publish(2);
      leaving.unsubscribe();
      leaving.unsubscribe();
      expect(news.subscribers).to.equal(1);
      yield* settle();
      news.publish(3);
      news.close();
    });
    // It had the second in its hands when it left.
    expect(logs).to.deep.equal([
      ['1', '2', 'end'],
      ['1', '2', '3', 'end'],
    ]);
    expect(news.subscribers).to.equal(1);
  });

  it('24. `forEach` leaves, however it ends: by the end, by an error, by a cancellation', () => {
    const news = new Broadcast<number>();
    const got: string[] = [];
    syncLoop().runSync(function* () {
      const cancelled = yield* spawn(news.subscribe().forEach(resting));
      const failing = yield* spawn(
        catching(
          news.subscribe().forEach(function* () {
            yield* pause();
            throw new RangeError('enough');
          }),
        ),
      );
      yield* spawn(
        news.subscribe().forEach(function* (item, missed) {
          got.push(`${item} ${missed}`);
          yield* pause();
        }),
      );
      yield* settle();
      expect(news.subscribers).to.equal(3);
      news.publish(1);
      expect(yield* failing.join()).to.include('enough');
      expect(news.subscribers).to.equal(2);
      cancelled.cancel();
      yield* settle();
      expect(news.subscribers).to.equal(1);
      news.close();
      yield* settle();
      expect(news.subscribers).to.equal(0);
    });
    expect(got).to.deep.equal(['1 0']);
  });

  it('24. holds no items without subscribers, and none of those before the next one', () => {
    const news = new Broadcast<number>({ capacity: 3 });
    for (let item = 0; item < 5; item++) news.publish(item);
    const first = news.subscribe();
    for (let item = 5; item < 12; item++) news.publish(item);
    first.unsubscribe();
    const second = news.subscribe();
    news.publish(12);
    news.close();
    const [a, b] = syncLoop().runSync(function* () {
      return [yield* second.next(), yield* second.next()];
    });
    expect([a, b]).to.deep.equal([
      { done: false, value: 12, missed: 0 },
      { done: true, value: undefined },
    ]);
  });

  it('21. host code publishes while the loop runs', async () => {
    const news = new Broadcast<string>();
    const log: string[] = [];
    setTimeout(() => {
      news.publish('from the host');
      news.close();
    }, 2);
    await createLoop(setTimeoutModule, sleepModule, syncModule).run(() =>
      timeout(20_000, recording(news.subscribe(), log)),
    );
    expect(log).to.deep.equal(['from the host', 'end']);
  });

  it('25. what settles one wait and so ends another loses nothing of that', () => {
    const news = new Broadcast<number>();
    const [one, other] = [news.subscribe(), news.subscribe()];
    syncLoop().runSync(function* () {
      const got: unknown[] = [];
      const first = yield* watch(one.next(), {
        resolved(next: PublishedResult<number>) {
          got.push(next.value);
          second.cancel();
        },
        rejected() {},
      });
      const second = yield* watch(other.next(), { resolved: () => got.push('other'), rejected() {} });
      news.publish(1);
      expect(first.isOver && second.isOver).to.equal(true);
      expect(got).to.deep.equal([1]);
      expect((yield* other.next()).value).to.equal(1);
    });
  });

  it('14. a deadlock report names it', () => {
    const news = new Broadcast<number>({ name: 'news' });
    const error = thrownBy(() =>
      syncLoop().runSync(function* main() {
        yield* news.subscribe().next();
      }),
    ) as unknown as DeadlockError;
    expect(error.waits.map(line => line.trim())).to.deep.equal([
      'task "main" waits for Published(subscriber of broadcast "news")',
    ]);
  });

  it('checks its options, and what forEach is given', () => {
    for (const capacity of [0, -1, 1.5, Infinity, Number.NaN, '3' as never]) {
      expect(thrownBy(() => new Broadcast({ capacity })).code).to.equal('ESC_INVALID_COUNT');
    }
    expect(thrownBy(() => new Broadcast(null as never)).code).to.equal('ESC_INVALID_ARGUMENT');
    const each = new Broadcast().subscribe().forEach(5 as never);
    expect(thrownBy(() => each.next()).message).to.include('subscriber.forEach');
  });
});
