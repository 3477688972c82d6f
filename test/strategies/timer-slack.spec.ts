import { readFileSync, readlinkSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { EpollSelector, EpollStrategy, epoll } from '@escapement/io';
import { expect } from 'chai';
import {
  AtomicsWaitStrategy,
  atomicsWait,
  createLoop,
  HybridStrategy,
  InvalidArgumentError,
  PerformanceClock,
  reportOf,
  SetTimeoutStrategy,
  type SleepStrategy,
  sleep,
  sleepModule,
  TimerSlack,
  type TimerSlackOptions,
  Wakeup,
} from 'escapement';
import type * as threadSlack from '../../packages/strategies/dist/thread-slack.js';

// Not exported: where the slack of a thread is kept is for tests only.
const source = new URL('../../../packages/strategies/dist/thread-slack.js', import.meta.url);
const { ThreadSlack }: typeof threadSlack = await import(source.href);

/** A thread that keeps its slack in memory, and can refuse. */
class PretendedThread {
  slack = 50_000;
  readonly writes: number[] = [];
  refuses: 'read' | 'write' | undefined;
  readonly thread = new ThreadSlack({
    read: () => {
      if (this.refuses === 'read') throw new Error('EACCES: permission denied, open');
      return this.slack;
    },
    write: slack => {
      if (this.refuses === 'write') throw new Error('EROFS: read-only file system, open');
      this.writes.push(slack);
      this.slack = slack;
    },
  });

  slackOf(slack: number): TimerSlack {
    return new TimerSlack('new NapStrategy', { slack }, this.thread);
  }
}

describe('timer slack', () => {
  it('is set once, at the first sleep, and set back to what it was at the end; again in the next run', () => {
    const pretended = new PretendedThread();
    pretended.slack = 4321;
    const slack = pretended.slackOf(1);
    expect(slack.report()).to.deep.equal({
      summary: ['timer slack: 1 ns from the first sleep of a run on'],
      timerSlack: { wanted: 1 },
    });
    for (let run = 0; run < 2; run++) {
      slack.begin();
      slack.begin();
      expect(pretended.slack).to.equal(1);
      slack.end();
      slack.end();
      expect(pretended.slack).to.equal(4321);
    }
    expect(pretended.writes).to.deep.equal([1, 4321, 1, 4321]);
    expect(slack.report()).to.deep.equal({
      summary: ['timer slack: 1 ns in a run, 4321 ns otherwise'],
      timerSlack: { wanted: 1, before: 4321, during: 1 },
    });
  });

  it('is the smallest that a strategy of the thread wants, until the last one has ended', () => {
    const pretended = new PretendedThread();
    const [coarse, fine, finest] = [9000, 200, 1].map(ns => pretended.slackOf(ns)) as [
      TimerSlack,
      TimerSlack,
      TimerSlack,
    ];
    const after = (change: () => void) => {
      change();
      return pretended.slack;
    };
    expect(after(() => fine.begin())).to.equal(200);
    expect(after(() => coarse.begin())).to.equal(200);
    expect(after(() => finest.begin())).to.equal(1);
    expect(after(() => finest.end())).to.equal(200);
    expect(after(() => fine.end())).to.equal(9000);
    expect(after(() => finest.begin())).to.equal(1);
    expect(after(() => coarse.end())).to.equal(1);
    expect(after(() => finest.end())).to.equal(50_000);
    expect(coarse.report().summary[0]).to.equal(
      'timer slack: 200 ns in a run (not 9000: the thread has a real-time priority, or another strategy wants less), 50000 ns otherwise',
    );
  });

  it('that cannot be read or set is tried once a run, and no error', () => {
    for (const [refuses, message] of [
      ['read', 'EACCES: permission denied, open'],
      ['write', 'EROFS: read-only file system, open'],
    ] as const) {
      const pretended = new PretendedThread();
      pretended.refuses = refuses;
      const slack = pretended.slackOf(1);
      for (let n = 0; n < 3; n++) slack.begin();
      slack.end();
      expect(slack.report()).to.deep.equal({
        summary: [`timer slack: 1 ns could not be set: ${message}`],
        timerSlack: { wanted: 1, problem: message },
      });
      pretended.refuses = undefined;
      slack.begin();
      expect(pretended.slack).to.equal(1);
      slack.end();
      expect(slack.report().timerSlack).to.deep.equal({ wanted: 1, before: 50_000, during: 1 });
    }
  });

  it('that cannot be set back is no error in close, and reported', () => {
    const pretended = new PretendedThread();
    const slack = pretended.slackOf(1);
    slack.begin();
    pretended.refuses = 'write';
    slack.end();
    expect(slack.report().summary).to.deep.equal([
      'timer slack: 1 ns, and 50000 ns could not be set back: EROFS: read-only file system, open',
    ]);
  });

  it('is not touched without the option', () => {
    const pretended = new PretendedThread();
    const slack = new TimerSlack('new NapStrategy', {}, pretended.thread);
    slack.begin();
    slack.end();
    expect(pretended.writes).to.deep.equal([]);
    expect(slack.report()).to.deep.equal({ summary: [] });
    expect(slack.isWanted).to.equal(false);
  });

  it('that makes no sense is refused where it is written', () => {
    const clock = new PerformanceClock();
    const makers: Record<string, (options: TimerSlackOptions) => unknown> = {
      'new AtomicsWaitStrategy': options => new AtomicsWaitStrategy(clock, options),
      'new EpollStrategy': options => new EpollStrategy(clock, new EpollSelector(), options),
      'new HybridStrategy': options => new HybridStrategy(new AtomicsWaitStrategy(clock), options),
      atomicsWait,
      epoll,
    };
    for (const [caller, make] of Object.entries(makers)) {
      for (const slack of [0, -1, 1.5, NaN, Infinity, 1e9 + 1, '1', null, 1n]) {
        expect(() => make({ slack: slack as number }), `${caller} ${slack}`)
          .to.throw(InvalidArgumentError, '`slack`, expected a whole number of nanoseconds, 1 to 1e9.')
          .with.property('message')
          .that.satisfies((message: string) => message.startsWith(caller));
      }
      expect(() => make(null as never)).to.throw(
        InvalidArgumentError,
        'expected an object of options, like { slack: 1 }',
      );
      make({ slack: 1e9 });
    }
  });
});

const isLinux = process.platform === 'linux';

function slackOfThisThread(): number {
  return Number(readFileSync(`/proc/${readlinkSync('/proc/thread-self').split('/').at(-1)}/timerslack_ns`, 'utf8'));
}

describe('timer slack on Linux', () => {
  before(function () {
    if (isLinux) return;
    console.log('    skipped: needs Linux');
    this.skip();
  });

  const clock = new PerformanceClock();
  const strategies: Record<string, () => SleepStrategy> = {
    'atomics-wait-slack-7': () => new AtomicsWaitStrategy(clock, { slack: 7 }),
    'epoll-slack-7': () => new EpollStrategy(clock, new EpollSelector(), { slack: 7 }),
    'hybrid-slack-7': () => new HybridStrategy(new AtomicsWaitStrategy(clock), { slack: 7 }),
    'hybrid-atomics-wait-slack-7': () => new HybridStrategy(new AtomicsWaitStrategy(clock, { slack: 7 })),
    'hybrid-atomics-wait-slack-7-slack-900': () =>
      new HybridStrategy(new AtomicsWaitStrategy(clock, { slack: 7 }), { slack: 900 }),
  };
  for (const [alias, make] of Object.entries(strategies)) {
    it(`is set while ${alias} runs, and the thread has its own again after that`, () => {
      const own = slackOfThisThread();
      const strategy = make();
      expect(strategy.alias.replace('-slack-900', '')).to.equal(alias.replace('-slack-900', ''));
      for (let run = 0; run < 2; run++) {
        expect(slackOfThisThread()).to.equal(own);
        // Long enough for a nap, however late the thread gets its core.
        strategy.sleep(clock.now() + 5, new Wakeup());
        expect(slackOfThisThread()).to.equal(7);
        strategy.close();
      }
      expect(slackOfThisThread()).to.equal(own);
      expect(reportOf(strategy)!.summary.join('\n')).to.include(`timer slack: 7 ns in a run, ${own} ns otherwise`);
    });
  }

  it('is set in a loop, and back also after a run that fails', async () => {
    const own = slackOfThisThread();
    const loop = createLoop(atomicsWait({ slack: 11 }), sleepModule);
    const error = await loop
      .run(function* () {
        yield* sleep(5);
        throw new Error(`with ${slackOfThisThread()} ns`);
      })
      .catch(error => error);
    expect(error).to.have.property('message', 'with 11 ns');
    expect(slackOfThisThread()).to.equal(own);
  });

  it('of a worker thread is its own', async () => {
    const own = slackOfThisThread();
    const program = `
      import { parentPort } from 'node:worker_threads';
      import { readFileSync, readlinkSync } from 'node:fs';
      import { AtomicsWaitStrategy, PerformanceClock, Wakeup } from ${JSON.stringify(import.meta.resolve('escapement'))};
      const slack = () => Number(readFileSync('/proc/' + readlinkSync('/proc/thread-self').split('/').at(-1) + '/timerslack_ns', 'utf8'));
      const strategy = new AtomicsWaitStrategy(new PerformanceClock(), { slack: 3 });
      const before = slack();
      strategy.sleep(strategy.clock.now() + 0.1, new Wakeup());
      const during = slack();
      strategy.close();
      parentPort.postMessage([before, during, slack()]);`;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`));
    const slacks = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    expect(slacks).to.deep.equal([own, 3, own]);
    expect(slackOfThisThread()).to.equal(own);
  });

  it('is not set for a strategy that yields, and the report says so', async () => {
    const own = slackOfThisThread();
    const strategy = new HybridStrategy(new SetTimeoutStrategy(clock), { slack: 7 });
    const sleeping = strategy.sleep(clock.now() + 5, new Wakeup());
    expect(slackOfThisThread()).to.equal(own);
    await sleeping;
    expect(strategy.report().summary).to.include(
      "timer slack: not set, because 'set-timeout' yields; it is for strategies that block",
    );
  });

  for (const [what, spoil, problem] of [
    ['a host without node:fs, such as a page', 'delete process.getBuiltinModule;', 'this host has no node:fs'],
    ['a host without process', 'delete globalThis.process;', 'this host has no node:fs'],
    [
      'a system without /proc/thread-self',
      "process.getBuiltinModule = () => ({ readlinkSync() { throw new Error('ENOENT: no such file'); } });",
      'ENOENT: no such file',
    ],
  ] as const) {
    it(`is no error on ${what}: the strategy sleeps as without it`, async () => {
      const program = `
        import { workerData, parentPort } from 'node:worker_threads';
        import { AtomicsWaitStrategy, PerformanceClock, Wakeup } from ${JSON.stringify(import.meta.resolve('escapement'))};
        ${spoil}
        const strategy = new AtomicsWaitStrategy(new PerformanceClock(), { slack: 1 });
        const until = strategy.clock.now() + 2;
        strategy.sleep(until, new Wakeup());
        strategy.close();
        parentPort.postMessage([strategy.clock.now() > until - 0.5, ...strategy.report().summary]);`;
      const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`));
      const told = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
      expect(told).to.deep.equal([true, `timer slack: 1 ns could not be set: ${problem}`]);
    });
  }
});

describe('a strategy without options', () => {
  it('has nothing to close, so that several loops may share it', () => {
    const strategy = new AtomicsWaitStrategy(new PerformanceClock());
    const close = Object.getPrototypeOf(AtomicsWaitStrategy.prototype).close;
    expect(strategy.close).to.equal(close);
    expect(new AtomicsWaitStrategy(new PerformanceClock(), { slack: 1 }).close).not.to.equal(close);
  });
});
