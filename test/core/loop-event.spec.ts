import { expect } from 'chai';
import { type Coroutine, LoopEvent, pause, sleep, spawn } from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';

class Point extends LoopEvent<string> {
  readonly kind = 'point';
  constructor(
    readonly x: number,
    readonly label: string,
  ) {
    super();
  }
}

describe('LoopEvent', () => {
  it('is yielded once, and `yield*` evaluates to what the coroutine is resumed with', () => {
    const event = new Point(1, 'a');
    const coroutine = (function* (): Coroutine<string, Point> {
      return yield* event;
    })();
    expect(coroutine.next()).to.deep.equal({ done: false, value: event });
    expect(coroutine.next('down')).to.deep.equal({ done: true, value: 'down' });
  });

  it('passes through all calling coroutines', () => {
    const event = new Point(1, 'a');
    function* inner() {
      return yield* event;
    }
    function* middle() {
      return yield* inner();
    }
    const coroutine = middle();
    expect(coroutine.next().value).to.equal(event);
    expect(coroutine.next('x').value).to.equal('x');
  });

  it('is a plain value: it can be frozen, shared by coroutines and yielded again', () => {
    const event = Object.freeze(new Point(1, 'a'));
    function* twice(): Coroutine<string[], Point> {
      return [yield* event, yield* event];
    }
    const first = twice();
    const second = twice();
    first.next();
    second.next();
    first.next('a');
    second.next('b');
    expect(first.next('c').value).to.deep.equal(['a', 'c']);
    expect(second.next('d').value).to.deep.equal(['b', 'd']);
  });

  it('yields a step object of its own', () => {
    const events = [new Point(1, 'a'), new Point(2, 'b')];
    const coroutine = (function* () {
      for (const event of events) yield* event;
    })();
    const steps = [coroutine.next(), coroutine.next()];
    expect(steps.map(step => step.value)).to.deep.equal(events);
  });

  it('passes on an error that is thrown at the suspension', () => {
    const error = new Error('thrown in');
    for (const event of [new Point(1, 'a'), pause()]) {
      const coroutine = (function* (): Coroutine<unknown, LoopEvent> {
        try {
          return yield* event;
        } catch (caught) {
          return caught;
        }
      })();
      coroutine.next();
      expect(coroutine.throw(error).value).to.equal(error);
    }
  });

  it('whose iterator was created and dropped is not mistaken for the event of another task', () => {
    const { loop, clock } = virtualLoop();
    loop.runSync(function* () {
      const napper = yield* spawn(sleep(5));
      yield* pause();
      const dropped = new Point(1, 'dropped');
      dropped[Symbol.iterator]();
      yield* napper.join();
      expect(clock.time).to.equal(5);
      dropped[Symbol.iterator]();
      yield* sleep(5);
    });
    expect(clock.time).to.equal(10);
  });

  it('runs `finally` when a coroutine is returned from', () => {
    let cleaned = false;
    const coroutine = (function* (): Coroutine<void, Point> {
      try {
        yield* new Point(1, 'a');
      } finally {
        cleaned = true;
      }
    })();
    coroutine.next();
    coroutine.return();
    expect(cleaned).to.equal(true);
  });

  it('toString() gives its kind and its fields', () => {
    expect(String(new Point(1.25, 'a'))).to.equal('Point(x=1.3, label="a")');
    expect(String(pause())).to.equal('Pause()');
  });

  it('toString() is short, whatever the fields', () => {
    class Odd extends LoopEvent {
      readonly kind = 'odd';
      constructor(readonly stored: unknown) {
        super();
      }
    }
    const shown: readonly [stored: unknown, text: string][] = [
      [function named() {}, 'named'],
      [(() => () => {})(), 'function'],
      [null, 'null'],
      [undefined, 'undefined'],
      [7, '7'],
      [{ a: 1 }, 'Object'],
      [Object.create(null, { toString: { value: Object.prototype.toString } }), 'Object'],
      [new Map(), 'Map'],
      [[1, 2], 'an array of 2'],
      [{ toString: () => 'in its own words' }, 'in its own words'],
    ];
    for (const [stored, text] of shown) expect(String(new Odd(stored))).to.equal(`Odd(stored=${text})`);
  });
});
