import { clockLaws, handlerLaws, instrumentLaws, policyLaws, selectorLaws } from '@escapement/conformance';
import { FifoPolicy, type Instrument, type Task } from '@escapement/core';
import { EpollSelector, IoHandler, PollSelector, type Readiness, readable } from '@escapement/io';
import {
  EarliestDeadlineFirstPolicy,
  FairPolicy,
  LifoPolicy,
  PriorityPolicy,
  SeededRandomPolicy,
} from '@escapement/policies';
import * as posix from '@escapement/posix';
import { close, pipe, write } from '@escapement/posix';
import { ActionHandler, action, PromiseHandler, resolved } from '@escapement/promises';
import { MemoryHandler, type MemoryReady, memoryPair } from '@escapement/streams/memory';
import { Broadcast, Deferred, Queue, Semaphore, Signal, SyncHandler } from '@escapement/sync';
import { VirtualClock } from '@escapement/virtual-time';
import { PerformanceClock, Sleep, SleepFor, SleepHandler } from 'escapement';
import { describe, it } from 'mocha';
import { openDescriptors } from '../support/descriptors.js';

const runner = { describe, it };

/** As a plugin would count. */
class StepCounter implements Instrument {
  readonly steps = new WeakMap<Task, number>();
  stepEnded(task: Task): void {
    this.steps.set(task, (this.steps.get(task) ?? 0) + 1);
  }
  note(task: Task): string {
    return `after ${this.steps.get(task) ?? 0} steps`;
  }
}

describe('conformance: what is shipped', function () {
  // The laws themselves are quick; a busy machine is not.
  this.timeout(30_000);

  handlerLaws(runner, { handler: clock => new SleepHandler(clock), timed: until => new Sleep(until), ordered: true });

  describe('SleepFor', () => {
    handlerLaws(runner, {
      handler: clock => new SleepHandler(clock),
      timed: (until, clock) => new SleepFor(Math.max(0, until - clock.now())),
    });
  });

  describe('a queue', () => {
    handlerLaws(runner, {
      handler: () => new SyncHandler(),
      ordered: true,
      pending() {
        const queue = new Queue<string>();
        return { event: queue.get(), happen: () => queue.tryPut('item'), value: 'item' };
      },
    });
  });

  describe('a semaphore', () => {
    handlerLaws(runner, {
      handler: () => new SyncHandler(),
      ordered: true,
      pending() {
        const semaphore = new Semaphore(1000);
        while (semaphore.tryAcquire());
        return { event: semaphore.acquire(), happen: () => semaphore.release() };
      },
    });
  });

  describe('a signal', () => {
    handlerLaws(runner, {
      handler: () => new SyncHandler(),
      ordered: true,
      pending() {
        const signal = new Signal();
        return { event: signal.wait(), happen: () => signal.set() };
      },
    });
  });

  describe('a deferred', () => {
    handlerLaws(runner, {
      handler: () => new SyncHandler(),
      ordered: true,
      pending() {
        const deferred = new Deferred<string>();
        return { event: deferred.wait(), happen: () => deferred.resolve('value'), value: 'value' };
      },
    });
  });

  describe('a broadcast', () => {
    handlerLaws(runner, {
      handler: () => new SyncHandler(),
      ordered: true,
      pending() {
        const news = new Broadcast<string>();
        return { event: news.subscribe().next(), happen: () => news.publish('item') };
      },
    });
  });

  handlerLaws(runner, {
    handler: () => new PromiseHandler(),
    ordered: true,
    pending() {
      let settle: (value: number) => void = () => {};
      const promise = new Promise<number>(resolve => {
        settle = resolve;
      });
      return { event: resolved(promise), happen: () => settle(7), value: 7 };
    },
  });

  handlerLaws(runner, {
    handler: () => new ActionHandler(),
    ordered: true,
    pending() {
      const callbacks = new Set<() => void>();
      const wait = action<void>(resolve => {
        callbacks.add(resolve);
        return () => callbacks.delete(resolve);
      });
      return { event: wait, happen: () => [...callbacks].at(0)?.() };
    },
  });

  handlerLaws(runner, {
    handler: () => new MemoryHandler(),
    ordered: true,
    pending() {
      const [here, there] = memoryPair();
      return { event: (here as unknown as { readable: MemoryReady }).readable, happen: () => there.fail() };
    },
  });

  for (const Selector of [EpollSelector, PollSelector]) {
    describe(`with ${Selector.name}`, () => {
      handlerLaws(runner, {
        handler: () => new IoHandler(new Selector()),
        ordered: true,
        held: openDescriptors,
        pending() {
          const { reader, writer } = pipe();
          return {
            event: readable(reader) as Readiness,
            happen: () => write(writer, new Uint8Array([1])),
            dispose: () => [reader, writer].forEach(close),
          };
        },
        refused: () => readable(999) as Readiness,
      });
    });
  }

  policyLaws(runner, {
    policy: () => new FifoPolicy(),
    ties: 'first-come',
    repeatable: true,
    fairness: { preferred: { priority: 9 }, neglected: { priority: -9 }, within: 20 },
  });

  policyLaws(runner, { policy: () => new LifoPolicy(), ties: 'last-come', repeatable: true });
  policyLaws(runner, {
    policy: () => new PriorityPolicy({ ageing: 20 }),
    ties: 'first-come',
    repeatable: true,
    fairness: { preferred: { priority: 5 }, neglected: { priority: 0 }, within: 150 },
  });
  policyLaws(runner, { policy: () => new EarliestDeadlineFirstPolicy(), ties: 'first-come', repeatable: true });
  policyLaws(runner, {
    policy: () => new FairPolicy(),
    repeatable: true,
    fairness: { preferred: { weight: 3 }, neglected: { weight: 1 }, within: 50 },
  });
  policyLaws(runner, { policy: () => new SeededRandomPolicy({ seed: 7 }), repeatable: true });

  clockLaws(runner, { clock: () => new PerformanceClock() });
  clockLaws(runner, {
    clock: () => new VirtualClock(),
    advance: (clock, duration) => clock.advanceTo(clock.now() + duration),
  });

  selectorLaws(runner, { selector: () => new EpollSelector(), system: posix });
  selectorLaws(runner, { selector: () => new PollSelector(), system: posix });

  instrumentLaws(runner, { instrument: () => new StepCounter() });
});
