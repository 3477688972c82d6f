import { expect } from 'chai';
import {
  CancellationIgnoredError,
  Cancelled,
  type Coroutine,
  currentTask,
  ensure,
  onCancel,
  pause,
  type SleepFor,
  scope,
  shield,
  sleep,
  spawn,
  supervise,
  type Task,
  TaskCancelledError,
} from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';

function* failAfter(duration: number, message: string): Coroutine<never, SleepFor> {
  yield* sleep(duration);
  throw new Error(message);
}

function* after<T>(duration: number, value: T): Coroutine<T, SleepFor> {
  yield* sleep(duration);
  return value;
}

describe('scope', () => {
  it('evaluates to its value when all its tasks have ended', () => {
    const { loop, clock } = virtualLoop();
    const value = loop.runSync(
      scope(
        (function* () {
          yield* spawn(sleep(10));
          return 'value';
        })(),
      ),
    );
    expect(value).to.equal('value');
    expect(clock.time).to.equal(10);
  });

  it('throws its error where it can be caught, when all its tasks have ended', () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    loop.runSync(function* () {
      try {
        yield* scope(
          (function* () {
            yield* spawn(failAfter(5, 'inner'));
            try {
              yield* sleep(1000);
            } finally {
              log.push('cleaned up');
            }
          })(),
        );
      } catch (error) {
        log.push(`caught ${(error as Error).message} at ${clock.time}`);
      }
      yield* sleep(1);
      log.push('goes on');
    });
    expect(log).to.deep.equal(['cleaned up', 'caught inner at 5', 'goes on']);
  });

  it('is cancelled with its caller, and throws Cancelled when all its tasks have ended', () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    loop.runSync(function* () {
      const task = yield* spawn(
        (function* () {
          try {
            yield* scope(
              (function* () {
                try {
                  yield* sleep(1000);
                } finally {
                  yield* shield(sleep(7));
                  log.push(`inner is done at ${clock.time}`);
                }
              })(),
            );
          } catch (error) {
            log.push(`${(error as Error).constructor.name} at ${clock.time}`);
            throw error;
          }
        })(),
      );
      yield* sleep(5);
      task.cancel('enough');
      yield* sleep(100);
      expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'enough' });
    });
    expect(log).to.deep.equal(['inner is done at 12', 'Cancelled at 12']);
  });

  it('throws TaskCancelledError if its own task was cancelled from inside, and the caller goes on', () => {
    const { loop } = virtualLoop();
    const error = loop.runSync(function* () {
      try {
        yield* scope(
          (function* () {
            (yield* currentTask()).cancel('from inside');
            yield* pause();
          })(),
        );
      } catch (caught) {
        yield* sleep(1);
        return caught;
      }
      return undefined;
    });
    expect(error).to.be.instanceOf(TaskCancelledError).with.property('cause', 'from inside');
  });
});

describe('scope', () => {
  it('refuses an invalid program at the yield*, and is named in dumps', () => {
    const { loop } = virtualLoop();
    let dump = '';
    const error = loop.runSync(function* main() {
      yield* spawn(scope(sleep(5)), { name: 'waiter' });
      yield* pause();
      dump = loop.dump();
      try {
        yield* scope(5 as never as Coroutine<void, SleepFor>);
      } catch (caught) {
        return caught;
      }
      return undefined;
    });
    expect(error).to.have.property('code', 'ESC_NOT_A_COROUTINE');
    expect((error as Error).message).to.include('scope got 5, expected a coroutine');
    expect(dump).to.include('task "waiter" waits for scope()');
  });
});

describe('shield', () => {
  it('lets a clean-up wait, in a task that is cancelled already', () => {
    const { loop, clock, warnings } = virtualLoop();
    const log: string[] = [];
    const task = loop.runSync(function* () {
      const child = yield* spawn(
        (function* () {
          try {
            yield* sleep(1000);
          } finally {
            yield* shield(sleep(10));
            log.push(`saved at ${clock.time}`);
          }
        })(),
      );
      yield* sleep(5);
      child.cancel();
      child.cancel('twice');
      return child;
    });
    expect(log).to.deep.equal(['saved at 15']);
    expect(task.state).to.equal('cancelled');
    expect(warnings).to.deep.equal([]);
  });

  it('is not reached by a cancellation, which comes at the next suspension after', () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    loop.runSync(function* () {
      const child = yield* spawn(
        (function* () {
          log.push(yield* shield(after(10, `value`)));
          try {
            yield* pause();
          } catch (error) {
            log.push(`${(error as Error).constructor.name} at ${clock.time}`);
            throw error;
          }
        })(),
      );
      yield* sleep(5);
      child.cancel();
    });
    expect(log).to.deep.equal(['value', 'Cancelled at 10']);
  });

  it('protects what is spawned in it, and not what is spawned beside it', () => {
    const { loop } = virtualLoop();
    const log: string[] = [];
    function* napper(name: string) {
      try {
        yield* sleep(10);
        log.push(`${name} slept`);
      } catch (error) {
        log.push(`${name} was cancelled`);
        throw error;
      }
    }
    loop.runSync(function* () {
      const child = yield* spawn(
        (function* () {
          yield* spawn(napper('outside'));
          yield* shield(
            (function* () {
              yield* spawn(napper('inside'));
            })(),
          );
        })(),
      );
      yield* sleep(5);
      child.cancel();
    });
    expect(log).to.deep.equal(['outside was cancelled', 'inside slept']);
  });
});

describe('supervise', () => {
  it('isolates failures, and throws at the end those without a joiner', () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    loop.runSync(function* () {
      try {
        yield* supervise(
          (function* () {
            const joined = yield* spawn(failAfter(1, 'joined'));
            yield* spawn(failAfter(2, 'lost'));
            yield* spawn(
              (function* () {
                yield* sleep(20);
                log.push('goes on');
              })(),
            );
            try {
              yield* joined.join();
            } catch (error) {
              log.push(`caught ${(error as Error).message}`);
            }
          })(),
        );
      } catch (error) {
        log.push(`at the end: ${(error as Error).message} at ${clock.time}`);
      }
    });
    expect(log).to.deep.equal(['caught joined', 'goes on', 'at the end: lost at 20']);
  });
});

describe('supervise with `ended`', () => {
  const ends = (log: string[]) => (task: Task) =>
    log.push(`${task.name} ${task.result.state === 'failed' ? task.result.error : task.state}`);

  it('is called for each task when it and its children have ended; a failure goes there only', () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    const withChild = function* () {
      yield* spawn(sleep(10));
      return 'its body is done long before';
    };
    const value = loop.runSync(
      supervise(
        (function* () {
          yield* spawn(failAfter(1, 'no'), { name: 'bad' });
          yield* spawn(withChild(), { name: 'good' });
          const idle = yield* spawn(sleep(Infinity), { name: 'idle' });
          yield* spawn(
            (function* () {
              yield* sleep(20);
            })(),
            { name: 'daemon', daemon: true },
          );
          yield* sleep(5);
          idle.cancel();
          return 'the value';
        })(),
        { ended: task => log.push(`${clock.time} ${task.name}: ${task.state}`) },
      ),
    );
    expect(value).to.equal('the value');
    expect(log).to.deep.equal(['1 bad: failed', '5 idle: cancelled', '10 good: succeeded', '10 daemon: cancelled']);
  });

  it('fails with what the listener throws, and cancels the others', () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    const program = supervise(
      (function* () {
        yield* spawn(sleep(1), { name: 'short' });
        yield* spawn(sleep(100), { name: 'long' });
        yield* sleep(Infinity);
      })(),
      {
        ended: task => {
          ends(log)(task);
          if (task.name === 'short') throw new Error('enough');
        },
      },
    );
    expect(() => loop.runSync(program)).to.throw('enough');
    expect(log).to.deep.equal(['short succeeded', 'long cancelled']);
    expect(clock.time).to.equal(1);
  });

  it('is called for a task that was cancelled before its first step', () => {
    const { loop } = virtualLoop();
    const log: string[] = [];
    loop.runSync(
      supervise(
        (function* () {
          (yield* spawn(sleep(1), { name: 'early' })).cancel();
        })(),
        { ended: ends(log) },
      ),
    );
    expect(log).to.deep.equal(['early cancelled']);
  });

  it('is not called for scopes and clean-ups, whose errors go where they always go', () => {
    const { loop } = virtualLoop();
    const log: string[] = [];
    const program = supervise(
      (function* () {
        yield* ensure(failAfter(1, 'of the clean-up'));
        yield* scope(sleep(1));
        try {
          yield* scope(failAfter(1, 'of the scope'));
        } catch (error) {
          log.push(`caught ${(error as Error).message}`);
        }
      })(),
      { ended: ends(log) },
    );
    expect(() => loop.runSync(program)).to.throw('of the clean-up');
    expect(log).to.deep.equal(['caught of the scope']);
  });
});

describe('supervise, of a task that is joined after it has failed', () => {
  it('throws nothing, because the joiner got the error', () => {
    const { loop } = virtualLoop();
    const seen: unknown[] = [];
    loop.runSync(
      supervise(
        (function* () {
          const failing = yield* spawn(failAfter(1, 'early'));
          yield* sleep(5);
          expect(failing.state).to.equal('failed');
          try {
            yield* failing.join();
          } catch (error) {
            seen.push((error as Error).message);
          }
        })(),
      ),
    );
    expect(seen).to.deep.equal(['early']);
  });
});

describe('a daemon', () => {
  it('is cancelled, and finished, when the body and the other children are done', () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    loop.runSync(function* () {
      yield* spawn(
        (function* () {
          try {
            for (;;) yield* sleep(1);
          } finally {
            yield* shield(sleep(3));
            log.push(`daemon is done at ${clock.time}`);
          }
        })(),
        { daemon: true },
      );
      yield* spawn(sleep(10));
      return 'body';
    });
    expect(log).to.deep.equal(['daemon is done at 13']);
  });

  it('that fails fails its parent like any child', () => {
    const { loop } = virtualLoop();
    expect(() =>
      loop.runSync(function* () {
        yield* spawn(failAfter(1, 'daemon'), { daemon: true });
        yield* sleep(10);
      }),
    ).to.throw('daemon');
  });
});

describe('ensure', () => {
  it('runs at the end of the task, after its children, the last one first, shielded', () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    function* cleanup(name: string) {
      yield* sleep(1);
      log.push(`${name} at ${clock.time}`);
    }
    const task = loop.runSync(function* () {
      const child = yield* spawn(
        (function* () {
          yield* ensure(cleanup('first'));
          yield* ensure(cleanup('second'));
          yield* spawn(
            (function* () {
              try {
                yield* sleep(1000);
              } finally {
                log.push('child');
              }
            })(),
          );
          yield* sleep(1000);
        })(),
      );
      yield* sleep(5);
      child.cancel();
      return child;
    });
    expect(log).to.deep.equal(['child', 'second at 6', 'first at 7']);
    expect(task.state).to.equal('cancelled');
  });

  it('runs after success too, and its error fails the task', () => {
    const { loop } = virtualLoop();
    expect(() =>
      loop.runSync(function* () {
        yield* ensure(failAfter(1, 'in the clean-up'));
        return 'value';
      }),
    ).to.throw('in the clean-up');
  });
});

describe('onCancel', () => {
  it('calls the listener at once when the task is cancelled, unless it was removed', () => {
    const { loop } = virtualLoop();
    const log: unknown[] = [];
    loop.runSync(function* () {
      const child = yield* spawn(
        (function* () {
          const forget = yield* onCancel(() => log.push('forgotten'));
          yield* onCancel(reason => log.push(reason));
          forget();
          yield* sleep(1000);
        })(),
      );
      yield* pause();
      child.cancel('now');
      log.push('after cancel()');
    });
    expect(log).to.deep.equal(['now', 'after cancel()']);
  });
});

describe('onCancel with a listener that throws', () => {
  it('calls the others, and fails the task', () => {
    const { loop } = virtualLoop();
    const log: unknown[] = [];
    const failure = new Error('in the listener');
    const task = loop.runSync(
      supervise(
        (function* () {
          const child = yield* spawn(
            (function* () {
              yield* onCancel(() => {
                throw failure;
              });
              yield* onCancel(reason => log.push(reason));
              yield* sleep(1000);
            })(),
          );
          yield* pause();
          child.cancel('now');
          try {
            yield* child.join();
          } catch {}
          return child;
        })(),
      ),
    );
    expect(log).to.deep.equal(['now']);
    expect(task.result).to.deep.equal({ state: 'failed', error: failure });
  });

  it('may be removed after the end', () => {
    const { loop } = virtualLoop();
    const forget = loop.runSync(onCancel(() => expect.fail('not reached')));
    forget();
  });
});

describe('a swallowed Cancelled', () => {
  it('is reported by task name when the task returns', () => {
    const { loop, warnings } = virtualLoop();
    loop.runSync(function* () {
      const child = yield* spawn(
        (function* () {
          try {
            yield* sleep(1000);
          } catch {
            return 'as if nothing had happened';
          }
          return '';
        })(),
        { name: 'swallower' },
      );
      yield* pause();
      child.cancel();
    });
    expect(warnings.map(({ code }) => code)).to.deep.equal(['ESC_CANCELLATION_SWALLOWED']);
    expect(warnings[0]?.message).to.include('task "swallower" was cancelled, but caught Cancelled and returned');
  });

  it('a hundred times ends the task by force, which is reported', () => {
    const { loop, warnings } = virtualLoop();
    let caught = 0;
    const error = (() => {
      try {
        loop.runSync(function* () {
          const child = yield* spawn(
            (function* () {
              for (;;) {
                try {
                  yield* sleep(1000);
                } catch {
                  caught++;
                }
              }
            })(),
            { name: 'immortal' },
          );
          yield* pause();
          child.cancel();
        });
      } catch (thrown) {
        return thrown as Error;
      }
      return undefined;
    })();
    expect(error).to.be.instanceOf(CancellationIgnoredError).with.property('code', 'ESC_CANCELLATION_IGNORED');
    expect(error?.message).to.include('task "immortal" was cancelled, but caught Cancelled 100 times and went on');
    expect(error?.cause).to.be.instanceOf(Cancelled);
    expect(caught).to.equal(100);
    expect(warnings).to.have.length(1);
  });
});
