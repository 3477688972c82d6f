import { expect } from 'chai';
import {
  Cancelled,
  type Coroutine,
  currentTask,
  pause,
  type SleepFor,
  shield,
  sleep,
  sleepUntil,
  spawn,
  type Task,
  TaskCancelledError,
  timeout,
} from 'escapement';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { virtualLoop } from '../support/virtual-loop.js';

// Where cancellation went wrong elsewhere, or is likely to.

const nameOf = (error: unknown) => (error as Error).constructor.name;

describe('a cancellation and a result at the same instant (cpython#86296)', () => {
  it('the value is delivered, and Cancelled is thrown at the next suspension', () => {
    const handler = new SignalHandler();
    const { loop } = virtualLoop({ handlers: [handler] });
    const signal = new Signal<string>();
    const log: unknown[] = [];
    const task = loop.runSync(function* () {
      const child = yield* spawn(
        (function* () {
          for (;;) log.push(yield* timeout(100, signal));
        })(),
      );
      yield* sleep(1);
      handler.waiting.get(signal)!.resolve('item');
      child.cancel('outside');
      return child;
    });
    expect(log).to.deep.equal(['item']);
    expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'outside' });
  });

  it('a cancellation wins over a timeout whose body is cleaning up', () => {
    const { loop } = virtualLoop();
    const task = loop.runSync(function* () {
      const child = yield* spawn(
        (function* () {
          try {
            yield* timeout(
              5,
              (function* () {
                try {
                  yield* sleep(1000);
                } finally {
                  yield* shield(sleep(5));
                }
              })(),
            );
          } catch (error) {
            // Whoever treats a timeout as "no value yet" must not get one here.
            expect(nameOf(error)).to.equal('Cancelled');
            throw error;
          }
        })(),
      );
      yield* sleep(10);
      child.cancel('outside');
      return child;
    });
    expect(task.state).to.equal('cancelled');
  });
});

describe('a child that waits in finally (effection#1154, effection#1190)', () => {
  it('Generator.prototype.return resumes the parent of a generator that yields in finally', () => {
    const log: string[] = [];
    function* child() {
      try {
        yield 'working';
      } finally {
        yield 'cleaning up';
      }
    }
    function* parent() {
      yield* child();
      log.push('the parent lives');
      yield 'more work';
    }
    const running = parent();
    running.next();
    expect(running.return()).to.deep.equal({ done: false, value: 'cleaning up' });
    expect(running.next()).to.deep.equal({ done: false, value: 'more work' });
    expect(log).to.deep.equal(['the parent lives']);
  });

  it('a cancelled parent does not go on, however its child waits in finally', () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    function* child() {
      try {
        yield* sleep(1000);
      } finally {
        yield* shield(sleep(5));
        log.push('cleaned up');
        yield* pause();
        log.push('never: not shielded');
      }
    }
    function* parent() {
      yield* child();
      log.push('the parent lives');
      yield* sleep(1000);
    }
    const task = loop.runSync(function* () {
      const running = yield* spawn(parent());
      yield* sleep(1);
      running.cancel('halt');
      return running;
    });
    expect(log).to.deep.equal(['cleaned up']);
    expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'halt' });
    expect(clock.time).to.equal(6);
  });

  it('a cancelled parent does not go on when its child swallows the cancellation', () => {
    const { loop, warnings } = virtualLoop();
    const log: string[] = [];
    function* child() {
      try {
        yield* sleep(1000);
      } catch {}
    }
    const task = loop.runSync(function* () {
      const running = yield* spawn(
        (function* () {
          yield* child();
          log.push('as far as the next suspension');
          yield* sleep(1);
          log.push('never');
        })(),
      );
      yield* pause();
      running.cancel('halt');
      return running;
    });
    expect(log).to.deep.equal(['as far as the next suspension']);
    expect(task.state).to.equal('cancelled');
    expect(warnings).to.have.length(1);
  });
});

describe('the taker of a lock that is cancelled when it gets the lock', () => {
  function* taker(lock: Signal<string>, log: string[]): Coroutine<void, Signal<string> | SleepFor> {
    const held = yield* lock;
    log.push(`took ${held}`);
    try {
      yield* sleep(1000);
    } finally {
      log.push(`gave back ${held}`);
    }
  }

  it('has the lock, and releases it, if the cancellation comes second', () => {
    const handler = new SignalHandler();
    const { loop } = virtualLoop({ handlers: [handler] });
    const lock = new Signal<string>();
    const log: string[] = [];
    loop.runSync(function* () {
      const task = yield* spawn(taker(lock, log));
      yield* pause();
      handler.waiting.get(lock)!.resolve('the lock');
      task.cancel();
    });
    expect(log).to.deep.equal(['took the lock', 'gave back the lock']);
    expect(handler.log).to.deep.equal(['arm', 'close']);
  });

  it('is disarmed first, and the next task gets the lock, if the cancellation comes first', () => {
    const handler = new SignalHandler();
    const { loop } = virtualLoop({ handlers: [handler] });
    const [first, second] = [new Signal<string>(), new Signal<string>()];
    const log: string[] = [];
    loop.runSync(function* () {
      const cancelled = yield* spawn(taker(first, log));
      const next = yield* spawn(taker(second, log));
      yield* pause();
      const stale = handler.waiting.get(first)!;
      cancelled.cancel();
      expect(stale.isSettled).to.equal(true);
      stale.resolve('the lock');
      const [waiter] = handler.waiting.values();
      waiter!.resolve('the lock');
      yield* sleep(1);
      next.cancel();
    });
    expect(log).to.deep.equal(['took the lock', 'gave back the lock']);
  });
});

describe('an error in finally during a cancellation', () => {
  function* failsToClean(): Coroutine<void, SleepFor> {
    try {
      yield* sleep(1000);
    } finally {
      // biome-ignore lint/correctness/noUnsafeFinally: the case in point
      throw new Error('clean-up');
    }
  }

  it('fails the task instead of cancelling it, and reaches the parent', () => {
    const { loop } = virtualLoop();
    let task: Task | undefined;
    const run = () =>
      loop.runSync(function* () {
        task = yield* spawn(failsToClean());
        yield* pause();
        task.cancel();
        yield* sleep(1000);
      });
    expect(run).to.throw('clean-up');
    expect(task?.state).to.equal('failed');
  });

  it('is thrown once, however many tasks join', () => {
    const { loop } = virtualLoop();
    let thrown: unknown;
    try {
      loop.runSync(function* () {
        const task = yield* spawn(failsToClean());
        yield* spawn(task.join());
        yield* pause();
        yield* pause();
        task.cancel();
        yield* task.join();
      });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).to.be.instanceOf(Error).and.not.instanceOf(AggregateError);
    expect((thrown as Error).message).to.equal('clean-up');
  });
});

describe('a task that throws undefined', () => {
  it('has failed', () => {
    const { loop } = virtualLoop();
    let task: Task | undefined;
    let thrown: unknown = 'nothing';
    try {
      loop.runSync(function* () {
        task = yield* spawn(
          (function* () {
            yield* pause();
            throw undefined;
          })(),
        );
        yield* sleep(1);
      });
    } catch (error) {
      thrown = error;
    }
    expect(task?.state).to.equal('failed');
    expect(thrown).to.equal(undefined);
  });
});

describe('cancel()', () => {
  it('of a task that has not started: its coroutine does not run, not even finally', () => {
    const { loop } = virtualLoop();
    const log: string[] = [];
    const task = loop.runSync(function* () {
      const child = yield* spawn(
        (function* () {
          try {
            log.push('started');
            yield* pause();
          } finally {
            log.push('finally');
          }
        })(),
      );
      child.cancel('before the start');
      return child;
    });
    expect(log).to.deep.equal([]);
    expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'before the start' });
  });

  it('of itself: it goes on to its next suspension, and its finally runs', () => {
    const { loop } = virtualLoop();
    const log: string[] = [];
    const task = loop.runSync(function* () {
      return yield* spawn(
        (function* () {
          try {
            (yield* currentTask()).cancel('myself');
            log.push('goes on');
            yield* sleep(1000);
            log.push('never');
          } finally {
            log.push('finally');
          }
        })(),
      );
    });
    expect(log).to.deep.equal(['goes on', 'finally']);
    expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'myself' });
  });

  it('of itself, without a later suspension: the value counts', () => {
    const { loop, warnings } = virtualLoop();
    const task = loop.runSync(function* () {
      return yield* spawn(
        (function* () {
          (yield* currentTask()).cancel('myself');
          return 'value';
        })(),
      );
    });
    expect(task.result).to.deep.equal({ state: 'succeeded', value: 'value' });
    expect(warnings).to.deep.equal([]);
  });

  it('of its parent, from a child: cancels the child, too, and waits for it', () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    const parent = loop.runSync(function* () {
      return yield* spawn(
        (function* () {
          yield* spawn(
            (function* () {
              const me = yield* currentTask();
              yield* sleep(5);
              me.parent!.cancel('by the child');
              try {
                yield* sleep(1000);
              } finally {
                log.push('child');
                yield* shield(sleep(3));
              }
            })(),
          );
          try {
            yield* sleep(1000);
          } finally {
            log.push('parent');
          }
        })(),
      );
    });
    expect(log).to.deep.equal(['parent', 'child']);
    expect(parent.result).to.deep.equal({ state: 'cancelled', reason: 'by the child' });
    expect(clock.time).to.equal(8);
  });

  it('of its parent, before an event that need not wait: Cancelled is thrown at the next suspension', () => {
    const { loop } = virtualLoop();
    const log: string[] = [];
    loop.runSync(function* () {
      yield* spawn(
        (function* () {
          yield* spawn(
            (function* () {
              (yield* currentTask()).parent!.cancel();
              try {
                yield* pause();
                log.push('never');
              } catch (error) {
                log.push(nameOf(error));
                throw error;
              }
            })(),
          );
          yield* sleep(1000);
        })(),
      );
    });
    expect(log).to.deep.equal(['Cancelled']);
  });

  it('of its parent, whose body has returned: the parent is cancelled, too', () => {
    const { loop, clock } = virtualLoop();
    const parent = loop.runSync(function* () {
      return yield* spawn(
        (function* () {
          yield* spawn(
            (function* () {
              yield* sleep(5);
              (yield* currentTask()).parent!.cancel('by the child');
              yield* sleep(1000);
            })(),
          );
          return 'value';
        })(),
      );
    });
    expect(clock.time).to.equal(5);
    expect(parent.result).to.deep.equal({ state: 'cancelled', reason: 'by the child' });
  });

  it('during shield: the shielded body runs to its end', () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    const task = loop.runSync(function* () {
      const child = yield* spawn(
        (function* () {
          yield* shield(
            (function* () {
              yield* sleep(10);
              log.push('saved');
            })(),
          );
          log.push('goes on');
          yield* pause();
          log.push('never');
        })(),
      );
      yield* sleep(5);
      child.cancel('meanwhile');
      expect(child.state).to.equal('waiting');
      return child;
    });
    expect(log).to.deep.equal(['saved', 'goes on']);
    expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'meanwhile' });
    expect(clock.time).to.equal(10);
  });

  it('during nested shields, or a shield in a clean-up: the shielded body runs to its end', () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    loop.runSync(function* () {
      const child = yield* spawn(
        (function* () {
          try {
            yield* sleep(1000);
          } finally {
            yield* shield(shield(sleep(10)));
            log.push('saved');
          }
        })(),
      );
      for (let n = 0; n < 3; n++) {
        yield* sleep(2);
        child.cancel(`time ${n}`);
      }
    });
    expect(log).to.deep.equal(['saved']);
    expect(clock.time).to.equal(12);
  });

  it('twice: the first reason stays, the clean-up runs once', () => {
    const { loop } = virtualLoop();
    let cleanups = 0;
    const task = loop.runSync(function* () {
      const child = yield* spawn(
        (function* () {
          try {
            yield* sleep(1000);
          } finally {
            cleanups++;
          }
        })(),
      );
      yield* pause();
      child.cancel('first');
      child.cancel('second');
      yield* pause();
      child.cancel('third');
      return child;
    });
    expect(cleanups).to.equal(1);
    expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'first' });
  });

  it('after the end: does nothing', () => {
    const { loop } = virtualLoop();
    const task = loop.runSync(function* () {
      const child = yield* spawn(sleep(1));
      yield* child.join();
      child.cancel('too late');
      return child;
    });
    expect(task.result).to.deep.equal({ state: 'succeeded', value: undefined });
  });

  it('of a task that joins the canceller: the join ends, and the canceller goes on', () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    loop.runSync(function* () {
      let joiner: Task | undefined;
      const canceller = yield* spawn(
        (function* () {
          yield* sleep(5);
          joiner?.cancel('do not wait for me');
          yield* sleep(5);
          log.push('canceller is done');
        })(),
      );
      joiner = yield* spawn(
        (function* () {
          try {
            yield* canceller.join();
          } catch (error) {
            log.push(nameOf(error));
            throw error;
          }
        })(),
      );
    });
    expect(log).to.deep.equal(['Cancelled', 'canceller is done']);
    expect(clock.time).to.equal(10);
  });
});

describe('join() of a task that is cancelled at the same instant', () => {
  function* outcomeOfJoin(task: Task, log: string[]) {
    try {
      yield* task.join();
      log.push('value');
    } catch (error) {
      log.push(nameOf(error));
      if (error instanceof Cancelled) throw error;
    }
  }

  it('throws TaskCancelledError, joined before or after', () => {
    for (const joinsFirst of [true, false]) {
      const { loop } = virtualLoop();
      const log: string[] = [];
      loop.runSync(function* () {
        const task = yield* spawn(sleep(1000));
        yield* sleep(5);
        if (joinsFirst) {
          yield* spawn(outcomeOfJoin(task, log));
          yield* pause();
        }
        task.cancel();
        if (!joinsFirst) yield* spawn(outcomeOfJoin(task, log));
      });
      expect(log).to.deep.equal([TaskCancelledError.name]);
    }
  });

  it('gives the value of a task that was done at that instant', () => {
    const { loop } = virtualLoop();
    const log: string[] = [];
    loop.runSync(function* () {
      const task = yield* spawn(sleep(5));
      yield* spawn(outcomeOfJoin(task, log));
      for (let n = 0; n < 3; n++) yield* pause();
      yield* sleepUntil(5);
      task.cancel();
    });
    expect(log).to.deep.equal(['value']);
  });

  it('throws Cancelled in a joiner that is cancelled, too', () => {
    const { loop } = virtualLoop();
    const log: string[] = [];
    loop.runSync(function* () {
      const both = yield* spawn(
        (function* () {
          const task = yield* spawn(sleep(1000));
          yield* spawn(outcomeOfJoin(task, log));
          yield* sleep(1000);
        })(),
      );
      yield* sleep(5);
      both.cancel();
    });
    expect(log).to.deep.equal(['Cancelled']);
  });
});
