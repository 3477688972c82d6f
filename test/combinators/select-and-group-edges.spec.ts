import { Queue, SyncHandler } from '@escapement/sync';
import { expect } from 'chai';
import {
  type Coroutine,
  currentTask,
  EventHandler,
  group,
  LoopEvent,
  pause,
  type SleepFor,
  scope,
  select,
  sleep,
  spawn,
  started,
  type Task,
  TaskCancelledError,
  type TaskGroup,
} from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';

/** Its handler lets no wait end before the run breaks. */
class Stubborn extends LoopEvent<void> {
  readonly kind = 'stubborn';
}

class StubbornHandler extends EventHandler<Stubborn> {
  override readonly handles = Stubborn;
  readonly log: string[] = [];
  override arm(): void {
    this.log.push('arm');
  }
  override interrupt(): boolean {
    this.log.push('interrupt');
    return false;
  }
  override disarm(): void {
    this.log.push('disarm');
  }
}

const syncLoop = () => virtualLoop({ handlers: [new SyncHandler()] });

function thrownBy(action: () => unknown): Error & { code?: string } {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe('select, at its edges', () => {
  class Pair {
    readonly soon = sleep(1);
    readonly late = sleep(2);
  }

  for (const [what, branches] of [
    ['an object without a prototype', Object.assign(Object.create(null), { soon: sleep(1), late: sleep(2) })],
    ['an object of a class', new Pair()],
  ] as const) {
    it(`takes ${what} for a record`, () => {
      const result = virtualLoop().loop.runSync(() => select(branches as { soon: SleepFor; late: SleepFor }));
      expect(result).to.deep.equal({ key: 'soon', value: undefined });
    });
  }

  it('takes no iterable for a record', () => {
    class Several extends Pair {
      *[Symbol.iterator]() {
        yield sleep(1);
      }
    }
    const program = {
      *[Symbol.iterator]() {
        yield sleep(1);
      },
    };
    for (const iterable of [new Several(), program]) {
      expect(thrownBy(() => select(iterable as never)).code).to.equal('ESC_NOT_A_LIST');
    }
  });

  it('describes eight branches in full', () => {
    expect(String(select(Array.from({ length: 8 }, () => sleep(1))))).to.match(/7=SleepFor\(duration=1\)\)$/);
  });

  it('one event waited for by several tasks: each leaves alone, and it can be yielded again', () => {
    const { loop } = syncLoop();
    loop.runSync(function* () {
      const queue = new Queue<number>();
      const first = select({ item: queue.get(), late: sleep(1000) });
      for (let round = 0; round < 3; round++) {
        const tasks: Task<{ readonly key: string }>[] = [];
        for (let n = 0; n < 4; n++) tasks.push(yield* spawn(first));
        yield* pause();
        tasks[round]!.cancel();
        for (let n = 0; n < 3; n++) queue.tryPut(n);
        yield* sleep(1);
        expect(tasks.map(({ result: { state } }) => state)).to.deep.equal(
          tasks.map((_, n) => (n === round ? 'cancelled' : 'succeeded')),
        );
        expect(queue.size).to.equal(0);
      }
    });
  });

  it('is disarmed, whatever its branches refuse, when its run breaks off', () => {
    const handler = new StubbornHandler();
    const { loop, strategy } = virtualLoop({ handlers: [handler] });
    strategy.sleep = () => {
      throw new Error('broken');
    };
    expect(() => loop.runSync(() => select({ never: new Stubborn(), late: sleep(5) }))).to.throw('broken');
    expect(handler.log).to.deep.equal(['arm', 'interrupt', 'disarm']);
  });
});

describe('group, at its edges', () => {
  const { loop } = virtualLoop();

  it('lists its tasks, not the scopes of its body', () => {
    loop.runSync(function* () {
      yield* group(function* (tasks: TaskGroup<SleepFor>) {
        tasks.spawn(sleep(1), { name: 'one' });
        yield* scope(function* () {
          expect([...tasks.tasks].map(({ name }) => name)).to.deep.equal(['one']);
          expect(tasks.isCancelled).to.equal(false);
          yield* pause();
        });
        tasks.cancel();
        expect(tasks.isCancelled).to.equal(true);
      });
    });
  });

  for (const cancelsToo of [false, true]) {
    it(`whose body was cancelled by another reason throws${cancelsToo ? ', also if it is cancelled afterwards' : ''}`, () => {
      loop.runSync(function* () {
        let error: unknown;
        try {
          yield* group(function* (tasks: TaskGroup<SleepFor>) {
            (yield* currentTask()).cancel('another');
            if (cancelsToo) tasks.cancel('its own');
            yield* sleep(1);
          });
        } catch (thrown) {
          error = thrown;
        }
        expect(error).to.be.instanceOf(TaskCancelledError).with.property('cause', 'another');
      });
    });
  }

  it('refuses what is no function and no program', () => {
    const run = loop.runSync.bind(loop) as (program: unknown) => unknown;
    const inGroup = (use: (tasks: TaskGroup) => Coroutine<unknown, never>) => () => run(() => group(use));
    expect(thrownBy(() => run(() => group(5 as never))).code).to.equal('ESC_NOT_A_FUNCTION');
    for (const [use, code] of [
      [(tasks: TaskGroup) => tasks.start(5 as never), 'ESC_NOT_A_COROUTINE'],
      [(tasks: TaskGroup) => tasks.completed().forEach(5 as never), 'ESC_NOT_A_FUNCTION'],
    ] as const) {
      expect(thrownBy(inGroup(use as never)).code).to.equal(code);
    }
  });

  it('shows in a deadlock for which program start waits', () => {
    const run = () =>
      syncLoop().loop.runSync(() =>
        group(function* (tasks: TaskGroup) {
          yield* tasks.start(function* server() {
            yield* new Queue<number>({ name: 'jobs' }).get();
            yield* started();
          });
        }),
      );
    expect(run).to.throw(/waits for Start\(task "server"\)/);
  });
});
