import {
  EpollSelector,
  EpollStrategy,
  epollModule,
  ioModule,
  PollSelector,
  pollIoModule,
  readable,
  selectorModule,
} from '@escapement/io';
import { close, pipe, write } from '@escapement/posix';
import { virtualTimeModule } from '@escapement/virtual-time/module';
import { expect } from 'chai';
import {
  atomicsWaitModule,
  createLoop,
  DeadlockError,
  EventLoop,
  LoopModule,
  PerformanceClock,
  SleepHandler,
  setTimeoutModule,
  sleep,
  sleepModule,
  spawn,
  Wakeup,
} from 'escapement';
import { byte, givingBackAll, readSome } from './io-loop.js';

function* program() {
  const { reader, writer } = pipe();
  const reading = yield* spawn(readSome(reader));
  yield* sleep(5);
  write(writer, byte);
  const count = yield* reading.join();
  close(reader);
  close(writer);
  return count;
}

describe('io: the modules', () => {
  givingBackAll();

  it('go together in either order', () => {
    const orders = [
      createLoop(epollModule, ioModule, sleepModule),
      createLoop(ioModule, epollModule, sleepModule),
      createLoop(epollModule, pollIoModule, sleepModule),
      createLoop(pollIoModule, epollModule, sleepModule),
      createLoop(sleepModule, ioModule, atomicsWaitModule),
    ];
    for (const loop of orders) expect(loop.runSync(program)).to.equal(1);
  });

  it('share one selector between the strategy and the handler, and none between two loops', () => {
    const log: string[] = [];
    let count = 0;
    class Noting extends PollSelector {
      readonly #name = `selector ${++count}`;
      override wait(duration: number): number {
        if (!log.includes(this.#name)) log.push(this.#name);
        return super.wait(duration);
      }
    }
    const noting = selectorModule(Noting);
    const loops = [createLoop(epollModule, noting, sleepModule), createLoop(noting, epollModule, sleepModule)];
    expect(loops.map(loop => loop.runSync(program))).to.deep.equal([1, 1]);
    expect(log).to.deep.equal(['selector 1', 'selector 2']);
  });

  it('take a selector of your own, under every strategy', async () => {
    const calls = new Set<string>();
    class Elsewhere extends EpollSelector {
      override watch(fd: number, interest: number): boolean {
        calls.add('watch');
        return super.watch(fd, interest);
      }
      override close(): void {
        calls.add('close');
        super.close();
      }
    }
    const module = selectorModule(Elsewhere);
    for (const strategy of [atomicsWaitModule, setTimeoutModule, epollModule]) {
      calls.clear();
      expect(await createLoop(strategy, sleepModule, module).run(program)).to.equal(1);
      expect([...calls]).to.deep.equal(['watch', 'close']);
    }
  });

  it('do not compile when one is missing', () => {
    const loop = createLoop(epollModule, sleepModule);
    // @ts-expect-error ioModule is missing
    expect(() => loop.runSync(() => readable(0))).to.throw('which no handler serves');
    const module: LoopModule = epollModule;
    expect(module).to.be.an.instanceOf(LoopModule);
  });
});

describe('io: under virtual time', () => {
  it('does not make the clock jump to its own deadlines', () => {
    const { reader, writer } = pipe();
    const loop = createLoop(virtualTimeModule, ioModule, sleepModule);
    const run = () =>
      loop.runSync(function* () {
        // A task that waits only for a descriptor finds data that is there.
        write(writer, byte);
        expect(yield* readSome(reader)).to.equal(1);
        const waiting = yield* spawn(readable(reader));
        yield* sleep(10_000);
        write(writer, byte);
        yield* waiting.join();
        expect(yield* readSome(reader)).to.equal(1);
        yield* readable(reader);
      });
    for (let n = 0; n < 2; n++) expect(run).to.throw(DeadlockError);
    close(reader);
    close(writer);
  });
});

describe('io: several loops on one thread', () => {
  givingBackAll();

  it('take turns under set-timeout, and each learns what another closes', async () => {
    const shared = pipe();
    const newLoop = () => createLoop(setTimeoutModule, sleepModule, ioModule);
    const waiting = newLoop()
      .run(readable(shared.reader))
      .catch(error => error);
    const counts = await Promise.all(
      Array.from({ length: 5 }, () =>
        newLoop().run(function* () {
          let sum = 0;
          for (let n = 0; n < 5; n++) sum += yield* program();
          return sum;
        }),
      ),
    );
    expect(counts).to.deep.equal([5, 5, 5, 5, 5]);
    await newLoop().run(function* () {
      yield* sleep(1);
      close(shared.reader);
    });
    expect(await waiting).to.have.property('name', 'DescriptorClosedError');
    close(shared.writer);
  });

  it('may run inside one another', () => {
    const outer = createLoop(atomicsWaitModule, sleepModule, ioModule);
    const total = outer.runSync(function* () {
      const before = yield* program();
      const inside = createLoop(epollModule, sleepModule, ioModule).runSync(program);
      return before + inside + (yield* program());
    });
    expect(total).to.equal(3);
  });
});

for (const [name, Kind] of Object.entries({ epoll: EpollSelector, poll: PollSelector })) {
  describe(`the strategy epoll, alone, in a ${name} selector`, () => {
    givingBackAll();
    const newStrategy = () => new EpollStrategy(new PerformanceClock(), new Kind());

    it('is never early', () => {
      const strategy = newStrategy();
      const { clock } = strategy;
      let early = 0;
      new EventLoop({ strategy, handlers: [new SleepHandler(clock)] }).runSync(function* () {
        for (let n = 0; n < 200; n++) {
          const due = clock.now() + (n % 20) / 10;
          yield* sleep((n % 20) / 10);
          if (clock.now() < due) early++;
        }
      });
      expect(early).to.equal(0);
    });

    it('returns at once if the instant has passed, or if the wakeup was requested before', () => {
      const strategy = newStrategy();
      strategy.sleep(strategy.clock.now() - 1, new Wakeup());
      strategy.sleep(-Infinity, new Wakeup());
      const wakeup = new Wakeup();
      wakeup.request();
      strategy.sleep(Infinity, wakeup);
      wakeup.share();
      strategy.sleep(Infinity, wakeup);
      strategy.close();
    });

    it('reports a deadlock instead of sleeping for ever', () => {
      const loop = createLoop(epollModule, selectorModule(Kind), sleepModule);
      const deadlock = () =>
        loop.runSync(function* () {
          const task = yield* spawn(sleep(1));
          yield* spawn(
            (function* () {
              yield* task.join();
              yield* task.parent!.join();
            })(),
          );
        });
      expect(deadlock).to.throw(DeadlockError);
    });

    it('treats a negative duration as 0', () => {
      const selector = new Kind();
      for (const duration of [-0.5, -1, -1e9, -Infinity, 0]) expect(selector.wait(duration)).to.equal(0);
      selector.close();
    });
  });
}
