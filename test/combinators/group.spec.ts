import { expect } from 'chai';
import {
  Cancelled,
  type Completions,
  type Coroutine,
  createLoop,
  currentTask,
  ensure,
  group,
  now,
  pause,
  type SleepFor,
  scope,
  setTimeoutModule,
  shield,
  sleep,
  sleepModule,
  spawn,
  started,
  type Task,
  type TaskGroup,
} from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';

function* sleepThen<T>(ms: number, value: T): Coroutine<T, SleepFor> {
  yield* sleep(ms);
  return value;
}

function* failAfter(ms: number): Coroutine<never, SleepFor> {
  yield* sleep(ms);
  throw new Error(`after ${ms}`);
}

function* thrownBy<E extends import('escapement').LoopEvent>(program: () => Coroutine<unknown, E>) {
  try {
    yield* program();
  } catch (error) {
    return error as Error & { code?: string };
  }
  return undefined;
}

const { loop } = virtualLoop();

describe('group', () => {
  it('evaluates to the value of its body, when all its tasks have ended', () => {
    const log = loop.runSync(function* () {
      const start = yield* now();
      const value = yield* group(function* (tasks: TaskGroup<SleepFor>) {
        tasks.spawn(sleep(5));
        tasks.spawn(sleep(9));
        return 'value';
      });
      return [value, (yield* now()) - start];
    });
    expect(log).to.deep.equal(['value', 9]);
  });

  it('cancels the others when a task fails, and throws its error', () => {
    const log = loop.runSync(function* () {
      const start = yield* now();
      const error = yield* thrownBy(() =>
        group(function* (tasks: TaskGroup<SleepFor>) {
          tasks.spawn(failAfter(3));
          tasks.spawn(sleep(50));
          yield* sleep(70);
        }),
      );
      return [error?.message, (yield* now()) - start];
    });
    expect(log).to.deep.equal(['after 3', 3]);
  });

  it('that is cancelled ends quietly, and its caller goes on', () => {
    loop.runSync(function* () {
      const caller = yield* currentTask();
      const reasons: unknown[] = [];
      const value = yield* group(function* (tasks: TaskGroup<SleepFor>) {
        tasks.spawn(function* () {
          try {
            yield* sleep(100);
          } catch (error) {
            reasons.push((error as Cancelled).reason);
            throw error;
          }
        });
        yield* sleep(1);
        tasks.cancel('enough');
        tasks.cancel('twice');
        yield* sleep(1);
        return 'never';
      });
      expect([value, reasons, caller.isCancelled]).to.deep.equal([undefined, ['enough'], false]);
    });
  });

  it('that is cancelled after its body has ended evaluates to the value of that', () => {
    loop.runSync(function* () {
      const value = yield* group(function* (tasks: TaskGroup<SleepFor>) {
        tasks.spawn(function* () {
          yield* sleep(5);
          tasks.cancel();
        });
        tasks.spawn(sleep(100));
        return 7;
      });
      expect(value).to.equal(7);
    });
  });

  it('throws the error of a clean-up, although it was cancelled quietly', () => {
    loop.runSync(function* () {
      const error = yield* thrownBy(() =>
        group(function* (tasks: TaskGroup<SleepFor>) {
          tasks.spawn(function* () {
            try {
              yield* sleep(100);
            } finally {
              // biome-ignore lint/correctness/noUnsafeFinally: an error in a clean-up
              throw new Error('clean-up');
            }
          });
          yield* pause();
          tasks.cancel();
          yield* sleep(1);
        }),
      );
      expect(error?.message).to.equal('clean-up');
    });
  });

  it('is cancelled with its caller, who gets Cancelled, also after a quiet end began', () => {
    loop.runSync(function* () {
      const log: unknown[] = [];
      const outer = yield* spawn(function* () {
        try {
          yield* group(function* (tasks: TaskGroup<SleepFor>) {
            tasks.spawn(function* () {
              try {
                yield* sleep(100);
              } finally {
                yield* shield(sleep(5));
              }
            });
            yield* pause();
            tasks.cancel('quiet');
            yield* sleep(1);
          });
          log.push('went on');
        } catch (error) {
          log.push(error instanceof Cancelled && error.reason);
          throw error;
        }
      });
      yield* sleep(2);
      outer.cancel('loud');
      yield* sleep(10);
      expect([outer.state, log]).to.deep.equal(['cancelled', ['loud']]);
    });
  });

  it('can be handed to others, also to tasks outside of it', () => {
    loop.runSync(function* () {
      const done: string[] = [];
      yield* scope(function* () {
        let tasks: TaskGroup<SleepFor> | undefined;
        yield* spawn(function* () {
          yield* group(function* (own: TaskGroup<SleepFor>) {
            tasks = own;
            yield* sleep(5);
          });
          done.push('group');
        });
        yield* sleep(1);
        tasks!.spawn(function* () {
          yield* sleep(20);
          done.push('spawned from outside');
        });
      });
      expect(done).to.deep.equal(['spawned from outside', 'group']);
    });
  });

  it('takes tasks from host code', async () => {
    const log: string[] = [];
    await createLoop(setTimeoutModule, sleepModule).run(function* () {
      yield* group(function* (tasks: TaskGroup<SleepFor>) {
        setTimeout(() => {
          const task = tasks.spawn(function* () {
            yield* sleep(1);
            return 'value';
          });
          task.then(value => log.push(value));
        }, 2);
        yield* sleep(30);
      });
    });
    expect(log).to.deep.equal(['value']);
  });

  it('that has ended refuses tasks; one that is cancelled starts none', () => {
    loop.runSync(function* () {
      let ended!: TaskGroup<SleepFor>;
      let hasRun = false;
      yield* group(function* (tasks: TaskGroup<SleepFor>) {
        ended = tasks;
        tasks.cancel();
        tasks.spawn(function* () {
          hasRun = true;
        });
      });
      expect([hasRun, ended.isEnded]).to.deep.equal([false, true]);
      expect(() => ended.spawn(sleep(1))).to.throw(/^spawn was called on the group of task ".*", which has ended\. /);
      const error = yield* thrownBy(() => ended.start(started));
      expect(error?.code).to.equal('ESC_GROUP_ENDED');
    });
  });

  it('keeps no forebears: a chain of tasks each of which spawns the next and ends', () => {
    loop.runSync(function* () {
      let most = 0;
      yield* group(function* (tasks: TaskGroup<SleepFor>) {
        const next = (left: number): (() => Coroutine<void, never>) =>
          function* () {
            most = Math.max(most, [...tasks.tasks].length);
            if (left > 0) tasks.spawn(next(left - 1));
          };
        tasks.spawn(next(50_000));
      });
      expect(most).to.be.at.most(2);
    });
  });

  describe('completed()', () => {
    it('gives the tasks in the order of their ends, until the group has none left', () => {
      loop.runSync(function* () {
        yield* group(function* (tasks: TaskGroup<SleepFor>) {
          const done = tasks.completed();
          for (const ms of [9, 3, 6]) tasks.spawn(sleepThen(ms, `after ${ms}`));
          yield* sleep(4);
          const values: unknown[] = [];
          yield* done.forEach(function* ({ result }) {
            if (result.state === 'succeeded') values.push([result.value, yield* now()]);
          });
          const start = (values[0] as [string, number])[1] - 4;
          expect(values).to.deep.equal([
            ['after 3', start + 4],
            ['after 6', start + 6],
            ['after 9', start + 9],
          ]);
          expect(yield* done.next()).to.deep.equal({ done: true, value: undefined });
          expect(tasks.completed()).to.equal(done);
          tasks.spawn(sleepThen(1, 'one more'));
          expect((yield* done.next()).value?.result).to.deep.equal({ state: 'succeeded', value: 'one more' });
        });
      });
    });

    it('ends when only daemons are left', () => {
      loop.runSync(function* () {
        yield* group(function* (tasks: TaskGroup<SleepFor>) {
          tasks.spawn(sleepThen(1000, 'beat'), { daemon: true });
          tasks.spawn(sleepThen(5, 'work'));
          const start = yield* now();
          const values: unknown[] = [];
          yield* tasks.completed().forEach(function* ({ result }) {
            if (result.state === 'succeeded') values.push(result.value);
          });
          expect([values, (yield* now()) - start]).to.deep.equal([['work'], 5]);
        });
      });
    });

    it('ends for who looks while the group cleans up', () => {
      loop.runSync(function* () {
        let done: Completions | undefined;
        yield* spawn(
          group(function* (tasks: TaskGroup<SleepFor>) {
            done = tasks.completed();
            yield* ensure(sleep(10));
          }),
        );
        yield* sleep(5);
        expect(yield* done!.next()).to.deep.equal({ done: true, value: undefined });
      });
    });

    it('ends for all who wait, and forgets those who were cancelled', () => {
      loop.runSync(function* () {
        const results: unknown[] = [];
        yield* scope(function* () {
          yield* group(function* (tasks: TaskGroup<SleepFor>) {
            const done = tasks.completed();
            tasks.spawn(sleepThen(5, 'only'));
            const outside: Task[] = [];
            yield* scope(function* () {
              for (let n = 0; n < 3; n++) {
                outside.push(
                  yield* spawn(function* () {
                    const next = yield* done.next();
                    results.push([n, next.done === true]);
                  }),
                );
              }
              yield* pause();
              outside[0]!.cancel();
            });
          });
        });
        expect(results).to.deep.equal([
          [1, false],
          [2, true],
        ]);
      });
    });
  });

  describe('start', () => {
    function* server(port: number): Coroutine<void, SleepFor | import('escapement').Started<number>> {
      yield* sleep(3);
      yield* started(port);
      yield* sleep(1000);
    }

    it('waits until the program says that it is ready, and evaluates to what it says', () => {
      loop.runSync(function* () {
        const begin = yield* now();
        yield* group(function* (tasks: TaskGroup) {
          const port = yield* tasks.start(server(80));
          expect([port, (yield* now()) - begin]).to.deep.equal([80, 3]);
          tasks.cancel();
        });
        expect((yield* now()) - begin).to.equal(3);
      });
    });

    it('works from inside of scopes of the program, once; spawned, the program goes on as well', () => {
      loop.runSync(function* () {
        yield* group(function* (tasks: TaskGroup<SleepFor>) {
          const port = yield* tasks.start(function* () {
            yield* scope(function* () {
              yield* sleep(1);
              yield* started(1);
              yield* started(2);
            });
          });
          expect(port).to.equal(1);
          tasks.spawn(server(80));
          yield* sleep(5);
          tasks.cancel();
        });
      });
    });

    it('throws the error of a program that fails before, or of its children, and the group goes on', () => {
      loop.runSync(function* () {
        const value = yield* group(function* (tasks: TaskGroup<SleepFor>) {
          const own = yield* thrownBy(() =>
            tasks.start(function* () {
              yield* failAfter(2);
              yield* started(1);
            }),
          );
          const childs = yield* thrownBy(() =>
            tasks.start(function* () {
              yield* spawn(failAfter(2));
              yield* sleep(50);
              yield* started(1);
            }),
          );
          yield* sleep(5);
          return [own?.message, childs?.message];
        });
        expect(value).to.deep.equal(['after 2', 'after 2']);
      });
    });

    it('fails the group if the program fails afterwards', () => {
      loop.runSync(function* () {
        const error = yield* thrownBy(() =>
          group(function* (tasks: TaskGroup<SleepFor>) {
            yield* tasks.start(function* () {
              yield* started();
              yield* failAfter(2);
            });
            yield* sleep(50);
          }),
        );
        expect(error?.message).to.equal('after 2');
      });
    });

    it('says so if the program ends, or is cancelled, before it is ready', () => {
      loop.runSync(function* () {
        yield* group(function* (tasks: TaskGroup<SleepFor>) {
          const ended = yield* thrownBy(() =>
            tasks.start(function* early() {
              if (Date.now() < 0) yield* started(1);
            }),
          );
          expect(ended?.code).to.equal('ESC_NOT_STARTED');
          expect(ended?.message).to.match(/^task "early" ended before it was ready\. Call yield\* started\(value\)/);
          const cancelled = yield* thrownBy(() =>
            tasks.start(function* suicidal() {
              (yield* currentTask()).parent!.cancel('by itself');
              yield* sleep(1);
              yield* started(1);
            }),
          );
          expect(cancelled?.message).to.match(/^task "suicidal" was cancelled before it was ready\. /);
        });
      });
    });

    it('refuses options that are none', () => {
      loop.runSync(function* () {
        yield* group(function* (tasks: TaskGroup) {
          for (const options of [null, 5, 'name']) {
            const error = yield* thrownBy(function* () {
              yield* tasks.start(() => started(), options as never);
            });
            expect(error).to.have.property('code', 'ESC_INVALID_ARGUMENT');
          }
        });
      });
    });

    it('cancels its caller as such, also if the program returns when it is cancelled', () => {
      const { loop } = virtualLoop();
      loop.runSync(function* () {
        yield* group(function* (tasks: TaskGroup<SleepFor>) {
          const caller = yield* spawn(() =>
            tasks.start(function* () {
              try {
                yield* sleep(100);
              } catch {
                return;
              }
              yield* started();
            }),
          );
          yield* sleep(1);
          caller.cancel('enough');
          yield* sleep(1);
          expect(caller.result).to.deep.equal({ state: 'cancelled', reason: 'enough' });
        });
      });
    });

    it('cancels the program if its caller is cancelled, and waits for its clean-up', () => {
      loop.runSync(function* () {
        const log: unknown[] = [];
        yield* group(function* (tasks: TaskGroup<SleepFor>) {
          const starter = yield* spawn(function* () {
            yield* tasks.start(function* () {
              try {
                yield* sleep(100);
                yield* started(1);
              } finally {
                yield* shield(sleep(5));
                log.push(['cleaned up', (yield* now()) - begin]);
              }
            });
          });
          const begin = yield* now();
          yield* sleep(2);
          starter.cancel('no more');
          yield* starterEnded(starter);
          log.push([starter.result, (yield* now()) - begin]);
        });
        expect(log).to.deep.equal([
          ['cleaned up', 7],
          [{ state: 'cancelled', reason: 'no more' }, 7],
        ]);
      });
      function* starterEnded(task: Task) {
        try {
          yield* task.join();
        } catch {}
      }
    });
  });
});

describe("spawn with start: 'always'", () => {
  it('takes the first step of a task that was cancelled before, and ends it at its first suspension', () => {
    loop.runSync(function* () {
      const log: string[] = [];
      const body = (name: string) =>
        function* () {
          log.push(`${name} began`);
          try {
            yield* sleep(1);
            log.push(`${name} went on`);
          } finally {
            log.push(`${name} closed`);
          }
        };
      const [always, plain] = [yield* spawn(body('always'), { start: 'always' }), yield* spawn(body('plain'))];
      always.cancel();
      plain.cancel();
      yield* sleep(5);
      expect(log).to.deep.equal(['always began', 'always closed']);
      expect([always.state, plain.state]).to.deep.equal(['cancelled', 'cancelled']);
    });
  });

  it('holds in a parent that is cancelled already, too', () => {
    loop.runSync(function* () {
      let hasBegun = false;
      const parent = yield* spawn(function* () {
        (yield* currentTask()).cancel();
        yield* spawn(
          function* () {
            hasBegun = true;
          },
          { start: 'always' },
        );
      });
      yield* sleep(1);
      expect([hasBegun, parent.state]).to.deep.equal([true, 'succeeded']);
    });
  });

  it('refuses another word', () => {
    expect(() => spawn(sleep(1), { start: 'now' as 'always' })).to.throw(
      /^spawn got "now" for `start`, expected 'always'/,
    );
  });
});
