import { dumpLoops, WaitTimes } from '@escapement/observe';
import { Lock, SyncHandler } from '@escapement/sync';
import { expect } from 'chai';
import { EventLoop, type Instrument, pause, SleepHandler, sleep, spawn } from 'escapement';
import { JumpStrategy } from '../support/virtual-loop.js';

function makeLoop(instruments: (clock: JumpStrategy['clock']) => readonly Instrument[]) {
  const strategy = new JumpStrategy();
  const handlers = [new SleepHandler(strategy.clock), new SyncHandler()];
  const loop = new EventLoop({ strategy, handlers, instruments: instruments(strategy.clock) });
  return { loop, clock: strategy.clock };
}

describe('dumpLoops', () => {
  it('draws the tree with what each task waits for and since when, the ready tasks, and slow steps', () => {
    const { loop, clock } = makeLoop(clock => [new WaitTimes(clock, { slowStep: 2000 })]);
    const dump = loop.runSync(function* main() {
      const db = new Lock('db');
      const server = yield* spawn(
        function* () {
          for (let n = 1; n <= 50; n++) yield* spawn(sleep(300_000 + n), { name: `worker ${n}` });
          yield* db.with(sleep(300_000));
        },
        { name: 'server' },
      );
      const joiner = yield* spawn(server.join(), { name: 'joiner' });
      yield* spawn(db.with(sleep(1)), { name: 'reader', daemon: true });
      yield* sleep(125_000);
      clock.time += 2500;
      yield* pause();
      yield* spawn(pause(), { name: 'fresh' });
      clock.time += 20;
      const text = dumpLoops();
      joiner.cancel();
      server.cancel();
      return text;
    });
    expect(dump.split('\n')).to.deep.equal([
      'main thread: jump (blocks), fifo; is awake',
      '55 tasks: 1 running, 53 waiting, 1 spawned',
      '',
      'main               20 ms      runs',
      '├─ server          2 min 7 s  sleeps for 5 min',
      '│  └─ worker x 50  2 min 7 s  sleeps',
      '├─ joiner          2 min 7 s  waits for the end of task "server"',
      '├─ fresh           20 ms      is ready for its first step',
      '└─ reader          2 min 7 s  waits for Acquire(lock "db", held by task "server"), daemon',
      '',
      'ready, the longest first',
      '  20 ms  fresh',
      '',
      'slow steps, the last first',
      '  2.5 s  main, 20 ms ago',
    ]);
  });

  it('says of any sleep how much longer it lasts', () => {
    const { loop, clock } = makeLoop(clock => [new WaitTimes(clock)]);
    loop.runSync(function* main() {
      for (const [age, said] of [
        [9.96, '10 ms'],
        [999.6, '1.0 s'],
        [59_949, '59.9 s'],
        [59_951, '1 min'],
        [59_999.99, '1 min'],
        [60_000, '1 min'],
        [3_599_999, '59 min 59 s'],
        [86_400_000, '1 d'],
      ] as const) {
        const task = yield* spawn(sleep(1e9), { name: 'waiter' });
        yield* pause();
        clock.time += age;
        expect(dumpLoops()).to.match(new RegExp(`waiter +${said} +sleeps`));
        task.cancel();
        yield* pause();
      }
    });
  });
});
