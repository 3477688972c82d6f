import { dumpLoops, WaitTimes } from '@escapement/observe';
import { Lock, SyncHandler } from '@escapement/sync';
import { expect } from 'chai';
import {
  type Coroutine,
  EventLoop,
  type Instrument,
  pause,
  type SleepFor,
  SleepHandler,
  type Spawn,
  sleep,
  spawn,
} from 'escapement';
import { JumpStrategy } from '../support/virtual-loop.js';

function makeLoop(instruments: (clock: JumpStrategy['clock']) => readonly Instrument[]) {
  const strategy = new JumpStrategy();
  const handlers = [new SleepHandler(strategy.clock), new SyncHandler()];
  const loop = new EventLoop({ strategy, handlers, instruments: instruments(strategy.clock) });
  return { loop, clock: strategy.clock };
}

describe('dumpLoops', () => {
  it('counts the children of too many kinds behind the shown ones', () => {
    const letters = (n: number) => [...String(n + 100)].map(digit => 'ghijklmnop'[Number(digit)]).join('');
    const dump = makeLoop(() => []).loop.runSync(function* main() {
      yield* spawn(
        function* parent() {
          for (let n = 0; n < 50; n++) yield* spawn(() => spawn(sleep(9)), { name: letters(n) });
        },
        { name: 'parent' },
      );
      yield* spawn(sleep(9), { name: 'last' });
      yield* sleep(1);
      return dumpLoops();
    });
    const tree = dump.split('\n').slice(3);
    expect(tree.findIndex(line => line.includes('and 30 more'))).to.equal(2 + 20 + 20);
    expect(tree[42]).to.match(/^│ {2}└─ and 30 more .*of other kinds \(--all shows them\)$/);
    expect(tree[43]).to.match(/^└─ last/);
  });

  it('draws a long chain with `all` in lines that stay short', () => {
    function* chain(depth: number): Coroutine<void, Spawn | SleepFor> {
      if (depth > 0) yield* spawn(() => chain(depth - 1), { name: 'link' });
      else yield* sleep(1);
    }
    let dump = '';
    makeLoop(() => []).loop.runSync(function* main() {
      yield* spawn(() => chain(10_000), { name: 'chain' });
      yield* sleep(0.5);
      dump = dumpLoops({ all: true });
    });
    const links = dump.split('\n').filter(line => line.includes('link'));
    expect(links).to.have.length(10_000);
    expect(Math.max(...links.map(({ length }) => length))).to.be.below(200);
  });

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
