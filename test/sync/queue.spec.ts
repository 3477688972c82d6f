import { Channel, Queue } from '@escapement/sync';
import { expect } from 'chai';
import { pause, spawn } from 'escapement';
import { catching, settle, syncLoop, thrownBy } from './sync-loop.js';

type Item = readonly [producer: string, number: number];

/** Two producers, 20 items each; returns the items in the order in which they were consumed. */
function produceAndConsume(queue: Queue<Item>, consumers: number): Item[] {
  const got: Item[] = [];
  function* produce(name: string) {
    for (let n = 0; n < 20; n++) {
      yield* queue.put([name, n]);
      if (n % 3 === 0) yield* pause();
    }
  }
  function* consume(item: Item) {
    got.push(item);
    yield* pause();
  }
  syncLoop().runSync(function* () {
    const producers = [yield* spawn(produce('a')), yield* spawn(produce('b'))];
    for (let n = 0; n < consumers; n++) yield* spawn(queue.forEach(consume));
    for (const producer of producers) yield* producer.join();
    queue.close();
  });
  return got;
}

// The numbers are those of the clauses in packages/sync/README.md.
describe('sync: the contract of a queue', () => {
  for (const consumers of [1, 3]) {
    const order = consumers === 1 ? ', in the order of its producer' : '';
    it(`12. every item that was put comes out once${order}: ${consumers} ${consumers === 1 ? 'consumer' : 'consumers'}`, () => {
      for (const capacity of [0, 1, 3, Infinity]) {
        const got = produceAndConsume(new Queue({ capacity }), consumers);
        for (const name of ['a', 'b']) {
          const numbers = got.filter(([producer]) => producer === name).map(([, n]) => n);
          // With several consumers, the first to take an item need not be the first to record it.
          if (consumers > 1) numbers.sort((x, y) => x - y);
          expect(numbers).to.deep.equal(Array.from({ length: 20 }, (_, n) => n));
        }
      }
    });
  }

  it('13. after `close`, waiting and later puts throw; the items in the queue come out, then the end', () => {
    const queue = new Queue<number>({ capacity: 2, name: 'jobs' });
    syncLoop().runSync(function* () {
      yield* queue.put(1);
      yield* queue.put(2);
      const putter = yield* spawn(catching(queue.put(3)), { name: 'putter' });
      yield* settle();
      queue.close();
      queue.close();
      expect(yield* putter.join()).to.equal(
        'ESC_QUEUE_CLOSED: task "putter" put an item into queue "jobs", which is closed; the item was not added. Close it after the last put, or catch this error and stop.',
      );
      expect(yield* catching(queue.put(4))).to.match(/^ESC_QUEUE_CLOSED: task "main" put an item into queue "jobs"/);
      expect(thrownBy(() => queue.tryPut(5)).code).to.equal('ESC_QUEUE_CLOSED');
      expect(yield* queue.get()).to.equal(1);
      expect(queue.tryGet()).to.deep.equal({ value: 2 });
      expect(yield* queue.next()).to.deep.equal({ done: true, value: undefined });
      expect(thrownBy(() => queue.tryGet()).code).to.equal('ESC_QUEUE_CLOSED');
      expect(yield* catching(queue.get())).to.include('which is closed and empty');
      yield* queue.forEach(function* () {
        expect.fail('not reached');
      });
    });
  });

  it('13. `close` ends the waits for an item', () => {
    const queue = new Channel<number>();
    syncLoop().runSync(function* () {
      const getter = yield* spawn(catching(queue.get()), { name: 'getter' });
      const iterator = yield* spawn(queue.next());
      yield* settle();
      queue.close();
      expect(yield* getter.join()).to.include('task "getter" tried to get an item from channel');
      expect(yield* iterator.join()).to.deep.equal({ done: true, value: undefined });
    });
  });
});
