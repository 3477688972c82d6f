import { FifoPolicy, type SchedulingPolicy } from '@escapement/core';
import { LifoPolicy, SeededRandomPolicy } from '@escapement/policies';
import { Lock, Queue, Semaphore, Signal, type SyncEvent, SyncHandler } from '@escapement/sync';
import { expect } from 'chai';
import {
  type CoreEvent,
  type Coroutine,
  moveOnAfter,
  pause,
  race,
  type Sleep,
  type SleepFor,
  sleep,
  spawn,
} from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';

type Waits = CoreEvent | Sleep | SleepFor | SyncEvent;
type Program = (order: string[]) => Coroutine<void, Waits>;

const NAMES = ['a', 'b', 'c', 'd'];

/** @returns the order that `program` has noted under `policy` */
function orderUnder(policy: SchedulingPolicy, program: Program): string {
  const order: string[] = [];
  virtualLoop({ policy, handlers: [new SyncHandler()] }).loop.runSync(program(order));
  return order.join('');
}

function everyPolicy(): SchedulingPolicy[] {
  const seeds = Array.from({ length: 50 }, (_, seed) => seed);
  return [new FifoPolicy(), new LifoPolicy(), ...seeds.map(seed => new SeededRandomPolicy({ seed }))];
}

/** Lets tasks begin to wait in the order of their names, whatever the policy. */
function* waitingInOrder(body: (name: string) => Coroutine<void, Waits>): Coroutine<void, Waits> {
  for (const name of NAMES) {
    yield* spawn(body(name), { name });
    yield* sleep(1);
  }
}

describe('under every scheduling policy', () => {
  const handOvers: Readonly<Record<string, Program>> = {
    *'a lock'(order) {
      const lock = new Lock();
      // Who holds it next is decided by the release, before that task goes on.
      const release = () => {
        lock.release();
        if (lock.holder !== undefined) order.push(lock.holder.name);
      };
      yield* lock.acquire();
      yield* waitingInOrder(function* () {
        yield* lock.acquire();
        release();
      });
      release();
    },
    *'the permits of a semaphore'(order) {
      const semaphore = new Semaphore(0);
      yield* waitingInOrder(function* (name) {
        yield* semaphore.acquire();
        order.push(name);
      });
      for (const _ of NAMES) {
        semaphore.release();
        yield* sleep(1);
      }
    },
    *'the items of a queue'(order) {
      const queue = new Queue<number>();
      yield* waitingInOrder(function* (name) {
        order[yield* queue.get()] = name;
      });
      for (const index of NAMES.keys()) yield* queue.put(index);
    },
  };

  it('locks, permits and items are handed over in the order of waiting', () => {
    for (const [what, program] of Object.entries(handOvers)) {
      for (const policy of everyPolicy()) {
        expect(orderUnder(policy, program), `${what} under ${policy.alias}`).to.equal('abcd');
      }
    }
  });

  /** Several tasks become ready at once. */
  const resumptions: Readonly<Record<string, Program>> = {
    *'tasks that pause'(order) {
      for (const name of NAMES) {
        yield* spawn(function* () {
          order.push(name);
        });
      }
      yield* pause();
    },
    *'sleeps with equal deadlines'(order) {
      for (const name of NAMES) {
        yield* spawn(function* () {
          yield* sleep(1);
          order.push(name);
        });
      }
    },
    *'the waits of a signal'(order) {
      const signal = new Signal();
      yield* waitingInOrder(function* (name) {
        yield* signal.wait();
        order.push(name);
      });
      signal.set();
    },
    *'a tree that is cancelled'(order) {
      const root = yield* spawn(function* () {
        for (const name of NAMES) {
          yield* spawn(function* () {
            try {
              yield* sleep(Infinity);
            } finally {
              order.push(name);
            }
          });
        }
      });
      yield* sleep(1);
      root.cancel();
    },
  };

  it('the policy chooses the order in which tasks that are ready together go on; fifo keeps that of becoming ready', () => {
    for (const [what, program] of Object.entries(resumptions)) {
      // Children are ready in the order of their spawns, and so on: under another policy nobody promises that.
      expect(orderUnder(new FifoPolicy(), program), `${what} under fifo`).to.equal('abcd');
      const seen = new Set(everyPolicy().map(policy => orderUnder(policy, program)));
      expect(seen.size, what).to.be.above(10);
    }
  });

  const ties: Readonly<Record<string, Program>> = {
    *'a race'(order) {
      const contestants = NAMES.map(name =>
        (function* () {
          yield* sleep(1);
          return name;
        })(),
      );
      order.push(yield* race(contestants));
    },
    *limits(order) {
      for (const name of NAMES) {
        yield* spawn(function* () {
          yield* moveOnAfter(1, sleep(9));
          if (order.length === 0) order.push(name);
        });
      }
    },
  };

  it('the policy decides ties: which of several limits, or contestants of a race, that are due together is first', () => {
    for (const [what, program] of Object.entries(ties)) {
      const first = new Set(everyPolicy().map(policy => orderUnder(policy, program)));
      expect([...first].toSorted(), what).to.deep.equal(NAMES);
    }
  });
});
