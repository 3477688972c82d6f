import { setAttemptHook } from '@escapement/core';
import { expect } from 'chai';
import {
  type Answer,
  Cancelled,
  type CoreEvent,
  type Coroutine,
  call,
  currentTask,
  EventHandler,
  ImmediateEvent,
  now,
  pause,
  spawn,
  type Task,
  type Waiter,
} from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';

/** A purse of coins, as a stranger's plugin might have one. */
class Coin extends ImmediateEvent<number> {
  readonly kind = 'coin';
  constructor(readonly purse: Purse) {
    super();
  }
  override attempt(task: Task | undefined): Answer<number> | undefined {
    this.purse.attempts.push(task?.name);
    if (this.purse.isStolen) throw new Error('the purse was stolen');
    const coin = this.purse.coins.shift();
    return coin === undefined ? undefined : { done: true, value: coin };
  }
}

class Purse {
  coins: number[] = [];
  isStolen = false;
  readonly attempts: (string | undefined)[] = [];
  readonly waiting: Waiter<number>[] = [];
  take = (): Coin => new Coin(this);
}

class CoinHandler extends EventHandler<Coin> {
  override readonly handles = Coin;
  override arm({ purse }: Coin, waiter: Waiter<number>): void {
    purse.waiting.push(waiter);
  }
  override disarm(): void {}
}

const coinLoop = () => virtualLoop({ handlers: [new CoinHandler()] }).loop;

describe('ImmediateEvent', () => {
  it('is answered at once: no other task runs in between', () => {
    const purse = new Purse();
    purse.coins = [1, 2];
    const log: unknown[] = [];
    coinLoop().runSync(function* () {
      yield* spawn(
        (function* () {
          log.push('another');
          yield* pause();
        })(),
      );
      log.push(yield* purse.take(), yield* purse.take());
    });
    expect(log).to.deep.equal([1, 2, 'another']);
    expect(purse.attempts).to.deep.equal(['main', 'main']);
  });

  it('goes to its handler if it must wait, like any event', () => {
    const purse = new Purse();
    const value = coinLoop().runSync(function* () {
      const taker = yield* spawn(purse.take());
      yield* pause();
      expect(purse.waiting).to.have.lengthOf(1);
      purse.waiting[0]!.resolve(7);
      return yield* taker.join();
    });
    expect(value).to.equal(7);
  });

  it('is answered at once for a bare yield, too', () => {
    const purse = new Purse();
    purse.coins = [1];
    const log: unknown[] = [];
    coinLoop().runSync(function* () {
      yield* spawn(
        (function* () {
          log.push('another');
          yield* pause();
        })(),
      );
      log.push(yield purse.take());
      log.push(typeof (yield now()));
    });
    expect(log).to.deep.equal([1, 'number', 'another']);
  });

  it('throws what the attempt throws, at the yield*', () => {
    const purse = new Purse();
    purse.isStolen = true;
    const caught = coinLoop().runSync(function* () {
      try {
        return yield* purse.take();
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(caught).to.equal('the purse was stolen');
  });

  it('is answered in a cancelled task, and Cancelled comes at the next suspension', () => {
    const purse = new Purse();
    purse.coins = [1];
    const log: unknown[] = [];
    coinLoop().runSync(function* () {
      const task = yield* spawn(
        (function* () {
          (yield* currentTask()).cancel('enough');
          log.push(yield* purse.take());
          try {
            yield* purse.take();
          } catch (error) {
            log.push(error instanceof Cancelled);
            throw error;
          }
        })(),
      );
      while (!task.isEnded) yield* pause();
      expect(task.state).to.equal('cancelled');
    });
    expect(log).to.deep.equal([1, true]);
    expect(purse.waiting).to.deep.equal([]);
  });

  it('takes nothing if its iterator is created and dropped', () => {
    const purse = new Purse();
    purse.coins = [1];
    coinLoop().runSync(function* () {
      purse.take()[Symbol.iterator]();
      yield* pause();
      expect(purse.coins).to.deep.equal([1]);
      purse.take()[Symbol.iterator]();
      expect(yield* now()).to.equal(0);
      expect(purse.coins).to.deep.equal([1]);
    });
  });

  it('is yielded to code that iterates over the coroutine by hand', () => {
    const coroutine = (function* (): Coroutine<number, ReturnType<typeof now>> {
      return yield* now();
    })();
    expect(coroutine.next().value).to.equal(now());
    expect(coroutine.next(5)).to.deep.equal({ done: true, value: 5 });
  });

  it('is asked about before each attempt: the hook may put another event in its place', () => {
    const asked: string[] = [];
    let most = 3;
    const before = setAttemptHook(event => {
      asked.push(event.kind);
      return asked.length > most ? pause() : undefined;
    });
    try {
      const order: string[] = [];
      virtualLoop().loop.runSync(function* (): Coroutine<void, CoreEvent> {
        yield* spawn(function* () {
          order.push('other');
        });
        yield* now();
        order.push('main');
        expect(yield now()).to.equal(0);
        order.push('main');
        expect(yield* now()).to.equal(undefined);
        order.push('main');
        most = Infinity;
        expect(yield* call(() => now())).to.equal(0);
      });
      expect(order).to.deep.equal(['main', 'main', 'other', 'main']);
      expect(asked).to.deep.equal(['spawn', 'now', 'now', 'now', 'call', 'now']);
    } finally {
      expect(setAttemptHook(before)).to.be.a('function');
    }
  });
});
