import { expect } from 'chai';
import {
  all,
  allSettled,
  any,
  Cancelled,
  type Coroutine,
  type CurrentTask,
  currentTask,
  forEach,
  InvalidArgumentError,
  InvalidCountError,
  map,
  type Now,
  now,
  type Pause,
  pause,
  race,
  type Scope,
  type Sleep,
  type SleepFor,
  type Spawn,
  scope,
  shield,
  sleep,
  spawn,
  TaskCancelledError,
  TimeoutError,
  timeout,
} from 'escapement';
import fc from 'fast-check';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { virtualLoop } from '../support/virtual-loop.js';

function* after<T>(duration: number, value: T): Coroutine<T, SleepFor> {
  yield* sleep(duration);
  return value;
}

function* failAfter(duration: number, message: string): Coroutine<never, SleepFor> {
  yield* sleep(duration);
  throw new Error(message);
}

/** Waits long; cleans up for a while when it is cancelled. */
function* slowToEnd(log: string[], name: string, cleanup = 5): Coroutine<string, SleepFor | Scope | Now> {
  try {
    yield* sleep(1000);
  } finally {
    yield* shield(sleep(cleanup));
    log.push(`${name} is done at ${yield* now()}`);
  }
  return name;
}

function* cancelsItself(): Coroutine<string, CurrentTask | SleepFor> {
  (yield* currentTask()).cancel('gave up');
  yield* sleep(1);
  return 'never';
}

/** Its own body waits; a task that it spawned fails. */
function* failsByChild(duration: number, message: string): Coroutine<string, SleepFor | Spawn> {
  yield* spawn(failAfter(duration, message));
  yield* sleep(1000);
  return 'never';
}

/** Its inside has failed at the instant when `pausesAndIsDone` ends, and it does not know yet. */
function* failsInside(): Coroutine<void, SleepFor | Scope> {
  yield* scope(failAfter(2, 'too late'));
}

function* pausesAndIsDone(): Coroutine<string, SleepFor | Pause> {
  yield* pause();
  yield* pause();
  yield* sleep(2);
  return 'value';
}

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return expect.fail('expected an error');
}

describe('all', () => {
  it('runs its bodies at once and evaluates to their values, in their order', () => {
    const { loop, clock } = virtualLoop();
    const values = loop.runSync(all([after(3, 'a'), after(1, 'b'), after(2, 'c')]));
    expect(values).to.deep.equal(['a', 'b', 'c']);
    expect(clock.time).to.equal(3);
  });

  it('takes an object, and keeps its keys', () => {
    const { loop } = virtualLoop();
    const values = loop.runSync(all({ slow: after(3, 'a'), quick: after(1, 2) }));
    expect(values).to.deep.equal({ slow: 'a', quick: 2 });
    expect(Object.keys(values)).to.deep.equal(['slow', 'quick']);
  });

  it('of nothing is nothing, at once', () => {
    const { loop, clock } = virtualLoop();
    expect(loop.runSync(all([]))).to.deep.equal([]);
    expect(loop.runSync(all({}))).to.deep.equal({});
    expect(clock.time).to.equal(0);
  });

  it('takes events for bodies, the same one twice too', () => {
    const handler = new SignalHandler();
    const { loop } = virtualLoop({ handlers: [handler] });
    const signal = new Signal<string>();
    const nap = sleep(4);
    const values = loop.runSync(function* () {
      const both = yield* spawn(all([signal, nap, nap]));
      yield* sleep(1);
      handler.waiting.get(signal)!.resolve('signalled');
      return yield* both.join();
    });
    expect(values).to.deep.equal(['signalled', undefined, undefined]);
  });

  it('that has a failure cancels the others, and throws when they have finished', () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    const error = thrownBy(() => loop.runSync(all([slowToEnd(log, 'slow'), failAfter(2, 'failed'), after(1, 'a')])));
    expect(error).to.have.property('message', 'failed');
    expect(log).to.deep.equal(['slow is done at 7']);
    expect(clock.time).to.equal(7);
  });

  it('throws where it can be caught, and the task goes on', () => {
    const { loop } = virtualLoop();
    const value = loop.runSync(function* () {
      try {
        yield* all([failAfter(1, 'failed'), sleep(10)]);
      } catch (error) {
        yield* sleep(1);
        return (error as Error).message;
      }
      return undefined;
    });
    expect(value).to.equal('failed');
  });

  it('that fails several times at one instant throws an AggregateError of all', () => {
    const { loop } = virtualLoop();
    const error = thrownBy(() => loop.runSync(all([failAfter(2, 'one'), failAfter(2, 'two'), after(1, 'a')])));
    expect(error).to.be.instanceOf(AggregateError);
    expect((error as AggregateError).errors.map(each => each.message)).to.deep.equal(['one', 'two']);
  });

  it('throws an error of the clean-up beside the one that caused it', () => {
    const { loop } = virtualLoop();
    function* failsToClean() {
      try {
        yield* sleep(1000);
      } finally {
        yield* shield(failAfter(1, 'clean-up'));
      }
    }
    const error = thrownBy(() => loop.runSync(all([failsToClean(), failAfter(2, 'cause')])));
    expect((error as AggregateError).errors.map(each => each.message)).to.deep.equal(['cause', 'clean-up']);
  });

  it('is cancelled with its task, and throws Cancelled when all have ended', () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    const task = loop.runSync(function* () {
      const child = yield* spawn(all([slowToEnd(log, 'a', 3), slowToEnd(log, 'b', 4)]));
      yield* sleep(1);
      child.cancel('enough');
      return child;
    });
    expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'enough' });
    expect(log).to.deep.equal(['a is done at 4', 'b is done at 5']);
    expect(clock.time).to.equal(5);
  });

  it('has no value when it was cancelled', () => {
    const { loop } = virtualLoop();
    const seen: unknown[] = [];
    loop.runSync(function* () {
      const child = yield* spawn(
        (function* () {
          try {
            seen.push(yield* all([after(10, 'a'), after(10, 'b')]));
          } catch (error) {
            seen.push((error as Error).constructor);
            throw error;
          }
        })(),
      );
      yield* sleep(1);
      child.cancel();
    });
    expect(seen).to.deep.equal([Cancelled]);
  });

  it('throws TaskCancelledError if a body cancelled itself', () => {
    const { loop } = virtualLoop();
    const error = thrownBy(() => loop.runSync(all([cancelsItself(), after(2, 'b')])));
    expect(error).to.be.instanceOf(Error);
    expect((error as Error).message).to.include('cancelled');
  });

  it('is done when also what its bodies spawned is done', () => {
    const { loop, clock } = virtualLoop();
    function* spawns() {
      yield* spawn(sleep(9));
      return 'spawned';
    }
    expect(loop.runSync(all([spawns(), after(1, 'b')]))).to.deep.equal(['spawned', 'b']);
    expect(clock.time).to.equal(9);
  });
});

describe('allSettled', () => {
  it('evaluates to the outcome of each, in the same form', () => {
    const { loop, clock } = virtualLoop();
    const list = loop.runSync(allSettled([failAfter(1, 'a'), after(5, 'b')]));
    expect(list[0]).to.have.property('state', 'failed');
    expect(list[0]).to.have.property('error').with.property('message', 'a');
    expect(list[1]).to.deep.equal({ state: 'succeeded', value: 'b' });
    expect(clock.time).to.equal(5);
    const byName = loop.runSync(allSettled({ good: after(1, 1), bad: failAfter(1, 'bad') }));
    expect(byName.good).to.deep.equal({ state: 'succeeded', value: 1 });
    expect(byName.bad).to.have.property('state', 'failed');
  });

  it('of nothing is nothing', () => {
    const { loop } = virtualLoop();
    expect(loop.runSync(allSettled([]))).to.deep.equal([]);
    expect(loop.runSync(allSettled({}))).to.deep.equal({});
  });

  it('takes events, and the errors that they are rejected with', () => {
    const handler = new SignalHandler();
    const { loop } = virtualLoop({ handlers: [handler] });
    const signal = new Signal();
    const settled = loop.runSync(function* () {
      const task = yield* spawn(allSettled([signal, sleep(3)]));
      yield* sleep(1);
      handler.waiting.get(signal)!.reject('refused');
      return yield* task.join();
    });
    expect(settled).to.deep.equal([
      { state: 'failed', error: 'refused' },
      { state: 'succeeded', value: undefined },
    ]);
  });

  it('cancels no body when a task that another one spawned fails', () => {
    const { loop } = virtualLoop();
    const [bad, good] = loop.runSync(allSettled([failsByChild(1, 'child'), after(5, 'good')]));
    expect(bad).to.have.property('error').with.property('message', 'child');
    expect(good).to.deep.equal({ state: 'succeeded', value: 'good' });
  });

  it('is cancelled with its task, and throws Cancelled', () => {
    const { loop } = virtualLoop();
    const log: string[] = [];
    const task = loop.runSync(function* () {
      const child = yield* spawn(allSettled([slowToEnd(log, 'a'), failAfter(1, 'b')]));
      yield* sleep(2);
      child.cancel('enough');
      return child;
    });
    expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'enough' });
    expect(log).to.deep.equal(['a is done at 7']);
  });
});

describe('race', () => {
  it('evaluates to the value of the first that ends', () => {
    const { loop, clock } = virtualLoop();
    expect(loop.runSync(race([after(3, 'a'), after(1, 'b'), failAfter(2, 'c')]))).to.equal('b');
    expect(clock.time).to.equal(1);
  });

  it('throws the error of the first that ends', () => {
    const { loop } = virtualLoop();
    expect(() => loop.runSync(race([after(3, 'a'), failAfter(1, 'first')]))).to.throw('first');
  });

  it('gives the value back when the losers are cancelled and finished', () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    expect(loop.runSync(race([slowToEnd(log, 'a', 3), after(1, 'b'), slowToEnd(log, 'c', 6)]))).to.equal('b');
    expect(log).to.deep.equal(['a is done at 4', 'c is done at 7']);
    expect(clock.time).to.equal(7);
  });

  it('throws the error when the losers have finished, too', () => {
    const { loop } = virtualLoop();
    const log: string[] = [];
    expect(() => loop.runSync(race([slowToEnd(log, 'a', 3), failAfter(1, 'first')]))).to.throw('first');
    expect(log).to.deep.equal(['a is done at 4']);
  });

  it("throws a loser's error of the clean-up instead of the value", () => {
    const { loop } = virtualLoop();
    function* failsToClean() {
      try {
        yield* sleep(1000);
      } finally {
        yield* shield(failAfter(1, 'clean-up'));
      }
    }
    expect(() => loop.runSync(race([failsToClean(), after(2, 'value')]))).to.throw('clean-up');
  });

  it('that is cancelled during the race throws Cancelled when all have finished', () => {
    const { loop } = virtualLoop();
    const log: string[] = [];
    const task = loop.runSync(function* () {
      const child = yield* spawn(
        (function* () {
          try {
            return yield* race([slowToEnd(log, 'a', 3), slowToEnd(log, 'b', 4)]);
          } catch (error) {
            log.push(error === undefined ? 'undefined' : (error as Error).constructor.name);
            throw error;
          }
        })(),
      );
      yield* sleep(1);
      child.cancel('enough');
      return child;
    });
    expect(log).to.deep.equal(['a is done at 4', 'b is done at 5', 'Cancelled']);
    expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'enough' });
  });

  it('ignores what a loser would have thrown later', () => {
    const { loop } = virtualLoop();
    expect(loop.runSync(race([race([after(9, 'a'), after(8, 'b')]), after(1, 'c')]))).to.equal('c');
  });

  it('of an empty list is an error', () => {
    const { loop } = virtualLoop();
    expect(() => loop.runSync(race([]))).to.throw(InvalidArgumentError, 'race got an empty list');
  });

  it('of two that end at the same instant goes to the one that began to wait first', () => {
    const { loop } = virtualLoop();
    expect(loop.runSync(race([after(2, 'a'), after(2, 'b')]))).to.equal('a');
    expect(loop.runSync(race([after(2, 'b'), after(2, 'a')]))).to.equal('b');
  });

  it('of two that fail at the same instant does not lose the error of the first', () => {
    const { loop } = virtualLoop();
    const error = thrownBy(() => loop.runSync(race([failAfter(2, 'one'), failAfter(2, 'two')])));
    const errors: readonly Error[] = error instanceof AggregateError ? error.errors : [error as Error];
    expect(errors[0]).to.have.property('message', 'one');
  });

  for (const [how, contestants] of [
    ['after', () => [after(2, 'value'), failAfter(2, 'too late')]],
    ['before', () => [failsInside(), pausesAndIsDone()]],
  ] as const) {
    it(`reports a failure at the instant of the first value, of a contestant ${how} it, and keeps the value`, () => {
      const { loop, warnings } = virtualLoop();
      expect(loop.runSync(race(contestants()))).to.equal('value');
      expect(warnings.map(({ code }) => code)).to.deep.equal(['ESC_LOSER_FAILED']);
      expect(warnings[0]!.message).to.include('too late');
    });
  }

  it('takes the first that need not wait at all', () => {
    const { loop, clock } = virtualLoop();
    function* atOnce(): Coroutine<string> {
      return 'at once';
    }
    expect(loop.runSync(race([sleep(5), atOnce()]))).to.equal('at once');
    expect(clock.time).to.equal(0);
  });

  it('disarms the events that lose', () => {
    const handler = new SignalHandler();
    const { loop } = virtualLoop({ handlers: [handler] });
    loop.runSync(function* () {
      yield* race([new Signal(), new Signal(), sleep(1)]);
      expect(handler.waiting.size).to.equal(0);
    });
    expect(handler.log).to.deep.equal(['arm', 'arm', 'disarm', 'disarm', 'close']);
  });

  it('whose only contestant cancels itself throws an error that says so', () => {
    const { loop } = virtualLoop();
    const error = thrownBy(() =>
      loop.runSync(function* () {
        try {
          return yield* race([cancelsItself()]);
        } catch (caught) {
          expect(caught).to.be.instanceOf(Error);
          throw caught;
        }
      }),
    );
    expect((error as Error).message).to.include('cancelled');
  });
});

describe('contestants that are cancelled from outside', () => {
  function* isCancelledFromOutside() {
    const self = yield* currentTask();
    yield* spawn(function* () {
      self.cancel('from outside');
    });
    yield* sleep(9);
  }

  it('have failed, so that a race throws an error that says so', () => {
    const error = thrownBy(() => virtualLoop().loop.runSync(race([isCancelledFromOutside()])));
    expect(error).to.be.instanceOf(TaskCancelledError).with.property('cause', 'from outside');
  });

  it('have failed, so that any counts them', () => {
    const error = thrownBy(() => virtualLoop().loop.runSync(any([isCancelledFromOutside(), failAfter(1, 'late')])));
    expect(error).to.be.instanceOf(AggregateError).with.property('message', 'any: all 2 failed');
    expect(virtualLoop().loop.runSync(any([isCancelledFromOutside(), after(1, 'value')]))).to.equal('value');
  });

  it('all at once, with the scope of the race, make it throw an error that says so', () => {
    function* cancelsTheRace() {
      (yield* currentTask()).parent!.cancel('from inside');
      yield* pause();
    }
    for (const contest of [race, any]) {
      const error = thrownBy(() => virtualLoop().loop.runSync(contest([cancelsTheRace(), after(1, 'value')])));
      expect(error).to.be.instanceOf(TaskCancelledError).with.property('cause', 'from inside');
    }
  });
});

describe('any', () => {
  it('evaluates to the first value, after failures', () => {
    const { loop, clock } = virtualLoop();
    expect(loop.runSync(any([failAfter(1, 'a'), after(3, 'b'), after(2, 'c')]))).to.equal('c');
    expect(clock.time).to.equal(2);
  });

  it('returns it when the others are cancelled and have ended', () => {
    const { loop } = virtualLoop();
    const log: string[] = [];
    expect(loop.runSync(any([slowToEnd(log, 'a', 3), after(1, 'b')]))).to.equal('b');
    expect(log).to.deep.equal(['a is done at 4']);
  });

  it('throws an AggregateError if all fail, with the errors in the order in which they came', () => {
    const { loop, clock } = virtualLoop();
    const error = thrownBy(() => loop.runSync(any([failAfter(1, 'a'), failAfter(2, 'b'), failAfter(3, 'c')])));
    expect(error).to.be.instanceOf(AggregateError);
    expect((error as Error).message).to.equal('any: all 3 failed');
    expect((error as AggregateError).errors.map(each => each.message)).to.deep.equal(['a', 'b', 'c']);
    expect(clock.time).to.equal(3);
  });

  it('counts a contestant as failed when a task that it spawned failed', () => {
    const { loop } = virtualLoop();
    expect(loop.runSync(any([failsByChild(1, 'child'), after(5, 'good')]))).to.equal('good');
  });

  it('of an empty list is an error', () => {
    const { loop } = virtualLoop();
    expect(() => loop.runSync(any([]))).to.throw(InvalidArgumentError, 'any got an empty list');
  });

  it('that is cancelled throws Cancelled', () => {
    const { loop } = virtualLoop();
    const task = loop.runSync(function* () {
      const child = yield* spawn(any([failAfter(1, 'a'), after(9, 'b')]));
      yield* sleep(2);
      child.cancel('enough');
      return child;
    });
    expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'enough' });
  });
});

describe('map', () => {
  it('evaluates to the results in the order of the items, in whatever order they end', () => {
    const { loop, clock } = virtualLoop();
    const results = loop.runSync(map([3, 1, 2], (item, index) => after(item, `${index}: ${item}`)));
    expect(results).to.deep.equal(['0: 3', '1: 1', '2: 2']);
    expect(clock.time).to.equal(3);
  });

  it('of nothing is nothing', () => {
    const { loop } = virtualLoop();
    expect(loop.runSync(map([], () => sleep(1)))).to.deep.equal([]);
  });

  it('never runs more than `concurrency` at a time, and runs so many whenever it can', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 8 }),
        (durations, concurrency) => {
          const { loop } = virtualLoop();
          let running = 0;
          let most = 0;
          function* work(duration: number, index: number) {
            most = Math.max(most, ++running);
            yield* sleep(duration);
            running--;
            return index;
          }
          const results = loop.runSync(map(durations, work, { concurrency }));
          expect(results).to.deep.equal(durations.map((_, index) => index));
          expect(most).to.equal(Math.min(concurrency, durations.length));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('takes an item only when there is room for it', () => {
    const { loop } = virtualLoop();
    const log: string[] = [];
    function* items() {
      for (let item = 1; item <= 3; item++) {
        log.push(`take ${item}`);
        yield item;
      }
    }
    loop.runSync(
      map(
        items(),
        function* (item) {
          yield* sleep(1);
          log.push(`done ${item}`);
        },
        { concurrency: 1 },
      ),
    );
    expect(log).to.deep.equal(['take 1', 'done 1', 'take 2', 'done 2', 'take 3', 'done 3']);
  });

  it('that has a failure cancels the others, closes the iterator, and throws when all have finished', () => {
    const { loop } = virtualLoop();
    const log: string[] = [];
    function* items() {
      try {
        for (let item = 0; ; item++) yield item;
      } finally {
        log.push('closed');
      }
    }
    const failing = map(items(), item => (item === 1 ? failAfter(2, 'failed') : slowToEnd(log, `${item}`)), {
      concurrency: 3,
    });
    expect(() => loop.runSync(failing)).to.throw('failed');
    expect(log).to.deep.equal(['0 is done at 7', '2 is done at 7', 'closed']);
  });

  it('does not close an iterator that has come to its end', () => {
    const { loop } = virtualLoop();
    let closed = 0;
    let left = 2;
    const items: Iterable<number> = {
      [Symbol.iterator]: () => ({
        next: () => (left-- > 0 ? { done: false, value: left } : { done: true, value: undefined }),
        return: () => {
          closed++;
          return { done: true, value: undefined };
        },
      }),
    };
    loop.runSync(map(items, () => sleep(1)));
    expect(closed).to.equal(0);
  });

  it('takes no more items after a failure, even where another work is done at the same instant', () => {
    const { loop } = virtualLoop();
    const taken: number[] = [];
    function* items() {
      for (let item = 0; item < 6; item++) {
        taken.push(item);
        yield item;
      }
    }
    const failing = map(items(), item => (item === 0 ? failAfter(5, 'failed') : sleep(5)), { concurrency: 2 });
    expect(() => loop.runSync(failing)).to.throw('failed');
    expect(taken).to.deep.equal([0, 1]);
  });

  it('takes no more items after a cancellation, even where a work is done at the same instant', () => {
    const { loop } = virtualLoop();
    const taken: number[] = [];
    function* items() {
      for (let item = 0; item < 6; item++) {
        taken.push(item);
        yield item;
      }
    }
    loop.runSync(function* () {
      const mapping = yield* spawn(map(items(), () => sleep(5), { concurrency: 2 }));
      yield* sleep(5);
      mapping.cancel();
    });
    expect(taken).to.deep.equal([0, 1]);
  });

  it('does not leave out the result of a work that cancelled itself', () => {
    const { loop } = virtualLoop();
    const error = thrownBy(() => loop.runSync(map([1, 2], item => (item === 1 ? cancelsItself() : after(1, 'b')))));
    expect((error as Error).message).to.include('cancelled');
  });

  it('throws what the iterator throws, and cancels the rest', () => {
    const { loop, clock } = virtualLoop();
    function* items() {
      yield 1;
      yield 2;
      throw new Error('no more');
    }
    expect(() => loop.runSync(map(items(), item => sleep(item * 10), { concurrency: 2 }))).to.throw('no more');
    expect(clock.time).to.equal(10);
  });

  it('does not let an error of closing the iterator hide the one of the work', () => {
    const { loop } = virtualLoop();
    const items: Iterable<number> = {
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: 1 }),
        return: () => {
          throw new Error('closing');
        },
      }),
    };
    const error = thrownBy(() => loop.runSync(map(items, () => failAfter(1, 'work'), { concurrency: 1 })));
    const messages = error instanceof AggregateError ? error.errors.map(each => each.message) : [String(error)];
    expect(messages.join()).to.include('work');
  });

  it('does not close an iterator that has thrown', () => {
    const { loop } = virtualLoop();
    let closed = 0;
    const items: Iterable<number> = {
      [Symbol.iterator]: () => ({
        next: () => {
          throw new Error('no items');
        },
        return: () => {
          closed++;
          return { done: true, value: undefined };
        },
      }),
    };
    expect(() => loop.runSync(map(items, () => sleep(1)))).to.throw('no items');
    expect(closed).to.equal(0);
  });

  it('takes no more items while a work that has failed waits for what it spawned', () => {
    const { loop } = virtualLoop();
    const taken: number[] = [];
    function* items() {
      for (let item = 0; item < 6; item++) {
        taken.push(item);
        yield item;
      }
    }
    function* work(item: number) {
      if (item === 1) {
        yield* sleep(1);
        return;
      }
      yield* spawn(shield(sleep(10)));
      yield* pause();
      throw new Error('failed');
    }
    expect(() => loop.runSync(map(items(), work, { concurrency: 2 }))).to.throw('failed');
    expect(taken).to.deep.equal([0, 1]);
  });

  it('that is cancelled fails with the error of closing the iterator', () => {
    const { loop } = virtualLoop();
    const closing = new Error('closing');
    const items: Iterable<number> = {
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: 1 }),
        return: () => {
          throw closing;
        },
      }),
    };
    const results = loop.runSync(function* () {
      const [result] = yield* allSettled([
        (function* () {
          const child = yield* spawn(map(items, () => sleep(1000), { concurrency: 1 }));
          yield* sleep(1);
          child.cancel();
          yield* child.join();
        })(),
      ]);
      return result;
    });
    expect(results).to.deep.equal({ state: 'failed', error: closing });
  });

  it('is cancelled with its task, and closes the iterator', () => {
    const { loop } = virtualLoop();
    const log: string[] = [];
    function* items() {
      try {
        for (let item = 0; ; item++) yield item;
      } finally {
        log.push('closed');
      }
    }
    const task = loop.runSync(function* () {
      const child = yield* spawn(map(items(), item => slowToEnd(log, `${item}`), { concurrency: 2 }));
      yield* sleep(1);
      child.cancel('enough');
      return child;
    });
    expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'enough' });
    expect(log).to.deep.equal(['0 is done at 6', '1 is done at 6', 'closed']);
  });

  for (const concurrency of [0, -1, 1.5, Number.NaN, -Infinity]) {
    it(`refuses a concurrency of ${concurrency}, before it takes an item`, () => {
      const { loop } = virtualLoop();
      let taken = false;
      function* items() {
        taken = true;
        yield 1;
      }
      expect(() => loop.runSync(map(items(), () => pause(), { concurrency }))).to.throw(
        InvalidCountError,
        `${concurrency}`,
      );
      expect(taken).to.equal(false);
    });
  }
});

describe('forEach', () => {
  it('is map without the results', () => {
    const { loop } = virtualLoop();
    const seen: string[] = [];
    const nothing = loop.runSync(
      forEach(
        ['a', 'b'],
        function* (item, index) {
          yield* sleep(1);
          seen.push(`${index}: ${item}`);
          return 'dropped';
        },
        { concurrency: 1 },
      ),
    );
    expect(nothing).to.equal(undefined);
    expect(seen).to.deep.equal(['0: a', '1: b']);
    expect(() => loop.runSync(forEach([1], () => pause(), { concurrency: 0 }))).to.throw(InvalidCountError);
  });
});

// Any nesting against a few lines that say what should come of it. Each wait is another power of two, so no two sums of
// waits are alike and nothing happens twice at one instant.

type Tree =
  | { readonly kind: 'leaf'; readonly ok: boolean }
  | { readonly kind: 'timeout'; readonly of: readonly [Tree] }
  | { readonly kind: 'all' | 'allSettled' | 'race' | 'any'; readonly of: readonly Tree[] }
  | { readonly kind: 'map'; readonly of: readonly Tree[]; readonly concurrency: number };

/** A node that waits has the number of its wait. */
type Numbered =
  | { readonly kind: 'leaf'; readonly ok: boolean; readonly number: number }
  | { readonly kind: 'timeout'; readonly of: readonly [Numbered]; readonly number: number }
  | { readonly kind: 'all' | 'allSettled' | 'race' | 'any'; readonly of: readonly Numbered[] }
  | { readonly kind: 'map'; readonly of: readonly Numbered[]; readonly concurrency: number };

interface Outcome {
  readonly at: number;
  readonly ok: boolean;
  readonly value: unknown;
}

const { tree } = fc.letrec<{ tree: Tree }>(tie => {
  // None is empty: what takes no time at all would tie.
  const some = fc.array(tie('tree'), { minLength: 1, maxLength: 3 });
  return {
    tree: fc.oneof(
      { maxDepth: 3, depthSize: 'large' },
      fc.record({ kind: fc.constant('leaf' as const), ok: fc.boolean() }),
      fc.record({
        kind: fc.constantFrom('all' as const, 'allSettled' as const, 'race' as const, 'any' as const),
        of: some,
      }),
      fc.record({ kind: fc.constant('timeout' as const), of: fc.tuple(tie('tree')) }),
      fc.record({ kind: fc.constant('map' as const), of: some, concurrency: fc.integer({ min: 1, max: 3 }) }),
    ),
  };
});

/** Numbers the nodes that wait, in a random order of their lengths. */
function numbered(root: Tree, order: (place: number) => number): Numbered {
  let place = 0;
  const visit = (node: Tree): Numbered => {
    if (node.kind === 'leaf') return { ...node, number: order(place++) };
    if (node.kind === 'timeout') return { ...node, number: order(place++), of: [visit(node.of[0])] };
    return { ...node, of: node.of.map(visit) };
  };
  return visit(root);
}

function countWaits(node: Tree): number {
  const own = node.kind === 'leaf' || node.kind === 'timeout' ? 1 : 0;
  return 'of' in node ? node.of.reduce((sum, child) => sum + countWaits(child), own) : own;
}

function expected(node: Numbered, start: number): Outcome {
  if (node.kind === 'leaf') return { at: start + 2 ** node.number, ok: node.ok, value: `leaf ${node.number}` };
  const children = node.of;
  if (node.kind === 'map') return expectedOfMap(children, node.concurrency, start);
  const outcomes = children.map(child => expected(child, start)).sort((a, b) => a.at - b.at);
  const inOrder = children.map(child => expected(child, start));
  const last = Math.max(start, ...outcomes.map(({ at }) => at));
  const firstFailure = outcomes.find(({ ok }) => !ok);
  switch (node.kind) {
    case 'timeout': {
      const until = start + 2 ** node.number;
      return inOrder[0]!.at < until ? inOrder[0]! : { at: until, ok: false, value: 'timeout' };
    }
    case 'all':
      return firstFailure ?? { at: last, ok: true, value: inOrder.map(({ value }) => value) };
    case 'allSettled':
      return { at: last, ok: true, value: inOrder.map(({ ok, value }) => ({ ok, value })) };
    case 'race':
      return outcomes[0]!;
    case 'any':
      return (
        outcomes.find(({ ok }) => ok) ?? { at: last, ok: false, value: { all: outcomes.map(({ value }) => value) } }
      );
  }
}

function expectedOfMap(children: readonly Numbered[], concurrency: number, start: number): Outcome {
  const free = Array.from({ length: concurrency }, () => start);
  const outcomes: Outcome[] = [];
  let failure: Outcome | undefined;
  for (const child of children) {
    const at = Math.min(...free);
    if (failure !== undefined && failure.at < at) break;
    const outcome = expected(child, at);
    outcomes.push(outcome);
    if (!outcome.ok && (failure === undefined || outcome.at < failure.at)) failure = outcome;
    free[free.indexOf(at)] = outcome.ok ? outcome.at : Infinity;
  }
  const last = Math.max(start, ...outcomes.map(outcome => outcome.at));
  return failure ?? { at: last, ok: true, value: outcomes.map(({ value }) => value) };
}

type Waits = SleepFor | Sleep | Scope | Spawn | CurrentTask | Now;

function* program(node: Numbered): Coroutine<unknown, Waits> {
  if (node.kind === 'leaf') {
    yield* sleep(2 ** node.number);
    if (node.ok) return `leaf ${node.number}`;
    throw new Error(`leaf ${node.number}`);
  }
  const bodies = node.of.map(program);
  switch (node.kind) {
    case 'timeout':
      return yield* timeout(2 ** node.number, bodies[0]!);
    case 'all':
      return yield* all(bodies);
    case 'allSettled': {
      const settled = yield* allSettled(bodies);
      return settled.map(each =>
        each.state === 'succeeded' ? { ok: true, value: each.value } : { ok: false, value: shown(each.error) },
      );
    }
    case 'race':
      return yield* race(bodies);
    case 'any':
      return yield* any(bodies);
    case 'map':
      return yield* map(node.of, program, { concurrency: node.concurrency });
  }
}

function shown(error: unknown): unknown {
  if (error instanceof TimeoutError) return 'timeout';
  if (error instanceof AggregateError) return { all: error.errors.map(shown) };
  return error instanceof Error ? error.message : error;
}

describe('combinators in one another', () => {
  it('nested at random, agree with their documentation and leave nothing running', () => {
    const cases = tree
      .filter(root => countWaits(root) <= 14)
      .chain(root => {
        const places = Array.from({ length: countWaits(root) }, (_, place) => place);
        return fc
          .shuffledSubarray(places, { minLength: places.length })
          .map(order => numbered(root, place => order[place]!));
      });
    fc.assert(
      fc.property(cases, root => {
        const { loop, clock, warnings } = virtualLoop();
        let actual: Outcome;
        try {
          const value = loop.runSync(program(root));
          actual = { at: clock.time, ok: true, value };
        } catch (error) {
          actual = { at: clock.time, ok: false, value: shown(error) };
        }
        expect(actual).to.deep.equal(expected(root, 0));
        expect(warnings).to.deep.equal([]);
      }),
      { numRuns: 500 },
    );
  });
});
