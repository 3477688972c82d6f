import { expect } from 'chai';
import {
  createLoop,
  EventLoop,
  MissingHostFeatureError,
  PerformanceClock,
  type PostTaskOptions,
  PostTaskStrategy,
  postTask,
  postTaskModule,
  SleepHandler,
  sleep,
  sleepModule,
  Wakeup,
} from 'escapement';
import { withGlobal } from './without.js';

interface Posted {
  readonly delay: number;
  readonly priority: string;
  hasRun: boolean;
  isAborted: boolean;
}

/** Does what the host's scheduler does, as far as the strategy uses it. The real one is tested in Chromium. */
class Scheduler {
  readonly posted: Posted[] = [];

  postTask(callback: () => void, options: { delay: number; priority: string; signal: AbortSignal }): Promise<void> {
    const { delay, priority, signal } = options;
    const posted = { delay, priority, hasRun: false, isAborted: false };
    this.posted.push(posted);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        posted.hasRun = true;
        callback();
        resolve();
      }, delay);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        posted.isAborted = !posted.hasRun;
        reject(signal.reason);
      });
    });
  }
}

/** Does something on a host that has a scheduler. */
async function withScheduler(act: (scheduler: Scheduler) => Promise<void>): Promise<void> {
  const scheduler = new Scheduler();
  Object.assign(globalThis, { scheduler });
  try {
    await act(scheduler);
  } finally {
    Reflect.deleteProperty(globalThis, 'scheduler');
  }
}

const make = (options?: PostTaskOptions) => new PostTaskStrategy(new PerformanceClock(), options);

describe('the strategy post-task', () => {
  it('posts a task for the rest of the time, in whole milliseconds', () =>
    withScheduler(async ({ posted }) => {
      const strategy = new PostTaskStrategy({ now: () => 100 });
      await strategy.sleep(103.2, new Wakeup());
      await strategy.sleep(100, new Wakeup());
      await strategy.sleep(-Infinity, new Wakeup());
      expect(posted.map(({ delay }) => delay)).to.deep.equal([4, 0, 0]);
      expect(posted.map(({ priority }) => priority)).to.deep.equal(Array(3).fill('user-visible'));
    }));

  it('posts it with the priority that was chosen', () =>
    withScheduler(async ({ posted }) => {
      await make({ priority: 'background' }).sleep(0, new Wakeup());
      await createLoop(postTask({ priority: 'user-blocking' }), sleepModule).run(sleep(1));
      await createLoop(postTaskModule, sleepModule).run(sleep(1));
      const priorities = [...new Set(posted.map(({ priority }) => priority))];
      expect(priorities).to.deep.equal(['background', 'user-blocking', 'user-visible']);
    }));

  it('takes the task back when the wakeup is requested', () =>
    withScheduler(async ({ posted }) => {
      const wakeup = new Wakeup();
      setTimeout(() => wakeup.request(), 5);
      await make().sleep(Infinity, wakeup);
      expect(posted).to.have.lengthOf(1);
      expect(posted[0]).to.include({ delay: 2 ** 31 - 1, hasRun: false, isAborted: true });
      await make().sleep(Infinity, wakeup);
      expect(posted[1]).to.include({ delay: 0, hasRun: true });
    }));

  it('carries a loop, never early', () =>
    withScheduler(async () => {
      const strategy = make();
      const { clock } = strategy;
      await new EventLoop({ strategy, handlers: [new SleepHandler(clock)] }).run(function* () {
        for (let n = 0; n < 20; n++) {
          const due = clock.now() + n / 10;
          yield* sleep(n / 10);
          expect(clock.now()).to.be.at.least(due);
        }
      });
    }));

  it('says what to use on a host without a scheduler', () => {
    for (const scheduler of [undefined, {}, { postTask: 5 }]) {
      expect(() => withGlobal('scheduler', scheduler, () => make())).to.throw(
        MissingHostFeatureError,
        'new PostTaskStrategy found no scheduler.postTask, expected a host that has it. Use SetTimeoutStrategy.',
      );
    }
    // The module can be loaded anywhere.
    expect(() => createLoop(postTaskModule)).to.throw(MissingHostFeatureError);
  });

  it('refuses a priority that there is not', () => {
    expect(() => make({ priority: 'urgent' as never })).to.throw(
      'new PostTaskStrategy got the priority "urgent", expected one of user-blocking, user-visible, background.',
    );
    expect(() => make(5 as never)).to.throw(/got 5, expected/);
  });
});
