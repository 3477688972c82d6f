import { Fifo, WaitQueue } from '@escapement/core';
import { expect } from 'chai';
import fc from 'fast-check';
import { needsGc } from '../support/needs-gc.js';

interface Waiting {
  isSettled: boolean;
}

function queueOf(length: number) {
  const queue = new WaitQueue<Waiting>();
  const waiting = Array.from({ length }, () => ({ isSettled: false }));
  for (const one of waiting) queue.add(one);
  return { queue, waiting };
}

function abandon(queue: WaitQueue<Waiting>, one: Waiting): void {
  one.isSettled = true;
  queue.abandoned();
}

describe('WaitQueue', () => {
  it('keeps at most twice as many as wait, in whatever order they are abandoned', () => {
    const orders = fc.array(fc.nat(), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(orders, order => {
        const { queue, waiting } = queueOf(order.length);
        for (const choice of order) {
          const [one] = waiting.splice(choice % waiting.length, 1);
          abandon(queue, one!);
          expect(queue.maxLength).to.be.within(waiting.length, 2 * waiting.length);
        }
      }),
    );
  });

  it('keeps its order, and all that wait, when half of it was abandoned', () => {
    const { queue, waiting } = queueOf(4);
    abandon(queue, waiting[1]!);
    abandon(queue, waiting[2]!);
    expect(queue.maxLength, 'the walk along the queue is put off until it frees more than it keeps').to.equal(4);
    expect(queue.length).to.equal(2);
    expect(queue.takeAll()).to.deep.equal([waiting[0], waiting[3]]);
  });

  it('drops an abandoned waiter when its turn comes, counted or not', () => {
    const { queue, waiting } = queueOf(10);
    // As in a run that broke.
    for (const one of waiting.slice(0, 5)) one.isSettled = true;
    expect(queue.take()).to.equal(waiting[5]);
    expect(queue.maxLength).to.equal(4);
    for (const one of waiting.slice(6, 9)) abandon(queue, one);
    expect(queue.maxLength).to.equal(1);
    expect(queue.takeAll()).to.deep.equal([waiting[9]]);
  });
});

describe('Fifo', () => {
  it('gives its memory back once it is almost empty', function () {
    needsGc(this);
    const queue = new Fifo<number>();
    for (let n = 0; n < 1_000_000; n++) queue.push(n);
    globalThis.gc!();
    const full = process.memoryUsage().heapUsed;
    for (let n = 0; n < 1_000_000 - 10; n++) queue.shift();
    globalThis.gc!();
    // A million places take 4 MB at least.
    expect(full - process.memoryUsage().heapUsed).to.be.greaterThan(3_000_000);
    expect(queue.size).to.equal(10);
    expect(queue.shift()).to.equal(1_000_000 - 10);
  });

  it('loses nothing when the filter throws', () => {
    const queue = new Fifo<number>();
    for (let n = 0; n < 2000; n++) queue.push(n);
    const failing = (item: number) => {
      if (item === 700) throw new Error('not this one');
      return false;
    };
    expect(() => queue.keep(failing)).to.throw('not this one');
    expect(Array.from({ length: 2000 }, () => queue.shift())).to.deep.equal(Array.from({ length: 2000 }, (_, n) => n));
  });

  it('keeps no array that it has emptied: a steady queue does not grow', function () {
    needsGc(this);
    const queue = new Fifo<number>();
    for (let n = 0; n < 100; n++) queue.push(n);
    const turn = () => {
      for (let n = 0; n < 1_000_000; n++) queue.push(queue.shift()!);
    };
    turn();
    globalThis.gc!();
    const before = process.memoryUsage().heapUsed;
    turn();
    globalThis.gc!();
    // A million places take 4 MB at least.
    expect(process.memoryUsage().heapUsed - before).to.be.lessThan(1_000_000);
  });

  it('agrees with an array, whatever the operations', () => {
    const moves = fc.array(
      fc.oneof(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -1200, max: 1200 }), fc.constant('drop' as const)),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(moves, history => {
        const queue = new Fifo<number>();
        let model: number[] = [];
        for (const move of history) {
          if (move === 'drop') {
            queue.keep(item => item % 2 === 0);
            model = model.filter(item => item % 2 === 0);
            continue;
          }
          for (let n = 0; n < move; n++) {
            queue.push(10 * model.length + n);
            model.push(10 * model.length + n);
          }
          expect(queue.peek()).to.equal(model[0]);
          for (let n = 0; n > move; n--) expect(queue.shift()).to.equal(model.shift());
          expect(queue.size).to.equal(model.length);
        }
      }),
    );
  });
});
