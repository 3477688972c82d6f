import { Queue, SyncHandler } from '@escapement/sync';
import { expect } from 'chai';
import {
  currentTask,
  type EventClass,
  EventHandler,
  LoopEvent,
  NoHandlerError,
  now,
  pause,
  scope,
  sleep,
  spawn,
  type Task,
  type Waiter,
  type Watch,
  type WatchTarget,
  watch,
} from 'escapement';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { virtualLoop } from '../support/virtual-loop.js';

function watching() {
  const handler = new SignalHandler();
  return { handler, ...virtualLoop({ handlers: [handler] }) };
}

/** Logs what it is informed of. */
function noting(log: unknown[], name = ''): WatchTarget {
  return {
    resolved: value => log.push(`${name}resolved ${value}`),
    rejected: error => log.push(`${name}rejected ${(error as Error).message}`),
  };
}

describe('watch', () => {
  it('informs its target inside of resolve and reject, once, and resumes no task', () => {
    const { handler, loop } = watching();
    const log: unknown[] = [];
    loop.runSync(function* () {
      const [first, second] = [new Signal<number>(), new Signal<number>()];
      const watches = [yield* watch(first, noting(log)), yield* watch(second, noting(log))];
      handler.waiting.get(first)!.resolve(1);
      expect(log).to.deep.equal(['resolved 1']);
      handler.waiting.get(first)!.resolve(2);
      handler.waiting.get(second)!.reject(new Error('broken'));
      expect(log).to.deep.equal(['resolved 1', 'rejected broken']);
      expect(watches.map(({ isOver }) => isOver)).to.deep.equal([true, true]);
    });
    expect(handler.log).to.deep.equal(['arm', 'arm', 'close']);
  });

  it('that is cancelled is disarmed once, and its target is not informed', () => {
    const { handler, loop } = watching();
    const log: unknown[] = [];
    loop.runSync(function* () {
      const signal = new Signal();
      const alarm: Watch = yield* watch(signal, noting(log));
      const waiter = handler.waiting.get(signal)!;
      expect(alarm.cancel()).to.equal(true);
      expect(alarm.cancel()).to.equal(true);
      expect(alarm.isOver).to.equal(true);
      waiter.resolve(1);
    });
    expect(log).to.deep.equal([]);
    expect(handler.log).to.deep.equal(['arm', 'disarm', 'close']);
  });

  it('informs no target after the end of its task', () => {
    const { handler, loop } = watching();
    const log: unknown[] = [];
    const signal = new Signal();
    loop.runSync(function* () {
      const task = yield* spawn(watch(signal, noting(log)));
      yield* task.join();
      handler.waiting.get(signal)!.resolve(1);
      yield* pause();
    });
    expect(log).to.deep.equal([]);
  });

  it('takes nothing after the end of its task: the item goes to the next who waits', () => {
    const { loop } = virtualLoop({ handlers: [new SyncHandler()] });
    const queue = new Queue<string>();
    const taken: unknown[] = [];
    const value = loop.runSync(function* () {
      yield* scope(function* () {
        yield* watch(queue.get(), { resolved: item => taken.push(item), rejected: error => taken.push(error) });
      });
      yield* queue.put('item');
      return yield* queue.get();
    });
    expect([value, taken]).to.deep.equal(['item', []]);
  });

  it('of a run that broke off informs no target in the next one', () => {
    const { handler, loop } = watching();
    const log: unknown[] = [];
    const signal = new Signal();
    expect(() =>
      loop.runSync(function* () {
        const task = yield* currentTask();
        yield* watch(signal, { resolved: () => task.defer(() => log.push('deferred')), rejected: () => {} });
        yield* new Signal();
      }),
    ).to.throw('nothing can ever happen');
    handler.waiting.get(signal)!.resolve(1);
    loop.runSync(function* () {
      yield* pause();
    });
    expect(log).to.deep.equal([]);
  });

  it('of an event that need not wait informs its target at once', () => {
    const { loop } = watching();
    const log: unknown[] = [];
    class Ready extends Signal<string> {}
    const instant = new (class extends EventHandler<Ready> {
      override readonly handles = Ready as EventClass<Ready>;
      override arm(_event: Ready, waiter: Waiter<string>) {
        waiter.resolve('there');
      }
      override disarm() {}
    })();
    virtualLoop({ handlers: [instant] }).loop.runSync(function* () {
      const { isOver } = yield* watch(new Ready(), noting(log));
      expect(isOver).to.equal(true);
    });
    expect(log).to.deep.equal(['resolved there']);
    expect(loop.dump()).to.equal('the loop is not running');
  });

  it('refuses an event that no handler serves, at the yield*', () => {
    const { loop } = virtualLoop();
    loop.runSync(function* () {
      for (const event of [new Signal(), pause(), now()]) {
        try {
          yield* watch(event as Signal, noting([])) as Iterable<never>;
          expect.fail('expected an error');
        } catch (error) {
          expect(error).to.be.instanceOf(NoHandlerError);
        }
      }
    });
  });

  it('of a wait that cannot be interrupted says so, and informs its target at the end', () => {
    const { loop } = virtualLoop();
    const log: unknown[] = [];
    loop.runSync(function* () {
      const inner = yield* watch(scope(sleep(5)) as never, noting(log));
      yield* pause();
      expect(inner.cancel()).to.equal(false);
      expect(inner.isOver).to.equal(false);
      yield* sleep(6);
    });
    expect(log).to.deep.equal(['resolved undefined']);
  });
});

describe('a handler that waits for other events', () => {
  class Either extends LoopEvent<string> {
    readonly kind = 'either';
    constructor(readonly events: readonly Signal<string>[]) {
      super();
    }
  }

  class EitherHandler extends EventHandler<Either> {
    override readonly handles = Either;
    readonly #watches = new Map<Waiter<string>, Watch[]>();

    override arm({ events }: Either, waiter: Waiter<string>): void {
      const watches: Watch[] = [];
      const over = () => this.#end(waiter, watches);
      this.#watches.set(waiter, watches);
      for (const event of events) {
        const target: WatchTarget<string> = {
          resolved: value => {
            over();
            waiter.resolve(value);
          },
          rejected: error => {
            over();
            waiter.reject(error);
          },
        };
        watches.push(waiter.task!.watch(event, target));
      }
    }
    override disarm(_event: Either, waiter: Waiter<string>): void {
      this.#end(waiter, this.#watches.get(waiter)!);
    }
    #end(waiter: Waiter<string>, watches: readonly Watch[]): void {
      this.#watches.delete(waiter);
      for (const one of watches) one.cancel();
    }
  }

  it('takes the first, and disarms the others inside of the same call', () => {
    const signals = new SignalHandler();
    const { loop } = virtualLoop({ handlers: [signals, new EitherHandler()] });
    const [left, right] = [new Signal<string>(), new Signal<string>()];
    const value = loop.runSync(function* () {
      const task: Task<string> = yield* spawn(new Either([left, right]));
      yield* pause();
      signals.waiting.get(right)!.resolve('right');
      expect(signals.log).to.deep.equal(['arm', 'arm', 'disarm']);
      return yield* task.join();
    });
    expect(value).to.equal('right');
  });

  it('is cancelled with all that it waits for', () => {
    const signals = new SignalHandler();
    const { loop } = virtualLoop({ handlers: [signals, new EitherHandler()] });
    loop.runSync(function* () {
      const task = yield* spawn(new Either([new Signal<string>(), new Signal<string>()]));
      yield* pause();
      task.cancel();
      expect(signals.log).to.deep.equal(['arm', 'arm', 'disarm', 'disarm']);
    });
  });
});

describe('defer', () => {
  function* noteName(log: unknown[]) {
    log.push((yield* currentTask()).name);
  }

  it('runs its action where a task spawned now would take its first step', () => {
    const log: unknown[] = [];
    virtualLoop().loop.runSync(function* () {
      const self = yield* currentTask();
      yield* spawn(noteName(log), { name: 'before' });
      self.defer(() => log.push('deferred'));
      yield* spawn(noteName(log), { name: 'after' });
      self.defer(() => log.push('deferred again'));
      yield* pause();
      log.push('main');
    });
    expect(log).to.deep.equal(['before', 'deferred', 'after', 'deferred again', 'main']);
  });

  it('runs its action although no task is ready, before the loop sleeps', () => {
    const { loop, clock } = virtualLoop();
    const log: unknown[] = [];
    loop.runSync(function* () {
      (yield* currentTask()).defer(() => log.push(clock.time));
      yield* sleep(5);
    });
    expect(log).to.deep.equal([0]);
  });

  it('does nothing once the task has ended', () => {
    const log: unknown[] = [];
    virtualLoop().loop.runSync(function* () {
      const task = yield* spawn(pause());
      task.defer(() => log.push('not ended yet'));
      yield* task.join();
      task.defer(() => log.push('too late'));
      yield* pause();
      yield* pause();
    });
    expect(log).to.deep.equal(['not ended yet']);
  });

  it('fails the task with what the action throws', () => {
    const run = () =>
      virtualLoop().loop.runSync(function* () {
        (yield* currentTask()).defer(() => {
          throw new Error('deferred');
        });
        yield* sleep(5);
      });
    expect(run).to.throw('deferred');
  });

  it('takes its turn before a task that pauses alone for ever', () => {
    const log: unknown[] = [];
    virtualLoop().loop.runSync(function* () {
      const self = yield* currentTask();
      self.defer(() => log.push('turn'));
      while (log.length === 0) yield* pause();
    });
    expect(log).to.deep.equal(['turn']);
  });
});
