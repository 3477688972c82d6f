import { EventEmitter } from 'node:events';
import { eventsOf } from '@escapement/promises';
import { expect } from 'chai';
import { createLoop, pause, setTimeoutModule, sleep, spawn } from 'escapement';
import fc from 'fast-check';
import { errorOf, promiseLoop } from './promise-loop.js';

const listenersOf = (emitter: EventEmitter) =>
  emitter.eventNames().reduce((count, name) => count + emitter.listenerCount(name), 0);

/** A target that counts its listeners. */
class CountingTarget extends EventTarget {
  listeners = 0;

  override addEventListener(...given: Parameters<EventTarget['addEventListener']>): void {
    this.listeners++;
    super.addEventListener(...given);
  }

  override removeEventListener(...given: Parameters<EventTarget['removeEventListener']>): void {
    this.listeners--;
    super.removeEventListener(...given);
  }
}

describe('eventsOf', () => {
  it('keeps the events of an emitter between two waits, with their arguments, and ends with another event', async () => {
    const emitter = new EventEmitter();
    const { loop } = promiseLoop();
    await loop.run(function* () {
      const events = yield* eventsOf<[number, string]>(emitter, 'item', { end: ['close'] });
      emitter.emit('item', 1, 'a');
      emitter.emit('item', 2, 'b');
      yield* sleep(1);
      setTimeout(() => emitter.emit('close'), 1);
      const seen: unknown[] = [];
      yield* events.forEach(function* ([number, text]) {
        seen.push(number, text);
      });
      expect(seen).to.deep.equal([1, 'a', 2, 'b']);
      expect(listenersOf(emitter)).to.equal(0);
    });
  });

  it("fails with the emitter's error behind the events that it holds, and does not let it be thrown", async () => {
    const emitter = new EventEmitter();
    const { loop } = promiseLoop();
    const failure = new Error('reset');
    await loop.run(function* () {
      const events = yield* eventsOf<[number]>(emitter, 'item');
      emitter.emit('item', 1);
      emitter.emit('error', failure);
      expect((yield* events.next()).value).to.deep.equal([1]);
      expect(listenersOf(emitter)).to.equal(0);
      try {
        yield* events.next();
        expect.fail('nothing was thrown');
      } catch (error) {
        expect(error).to.equal(failure);
      }
    });
  });

  it('takes the errors themselves, if those are asked for', async () => {
    const emitter = new EventEmitter();
    const { loop } = promiseLoop();
    await loop.run(function* () {
      const errors = yield* eventsOf<[Error]>(emitter, 'error');
      emitter.emit('error', new Error('first'));
      emitter.emit('error', new Error('second'));
      expect([(yield* errors.next()).value![0].message, (yield* errors.next()).value![0].message]).to.deep.equal([
        'first',
        'second',
      ]);
    });
    expect(listenersOf(emitter)).to.equal(0);
  });

  it('takes the events of an EventTarget, and fails with the error of one', async () => {
    const target = new CountingTarget();
    const { loop } = promiseLoop();
    await loop.run(function* () {
      const events = yield* eventsOf<Event>(target, 'message', { end: ['close'], fail: ['error'] });
      target.dispatchEvent(new Event('message'));
      target.dispatchEvent(Object.assign(new Event('error'), { error: new Error('of the event') }));
      expect((yield* events.next()).value!.type).to.equal('message');
      expect(target.listeners).to.equal(0);
      try {
        yield* events.next();
        expect.fail('nothing was thrown');
      } catch (error) {
        expect((error as Error).message).to.equal('of the event');
      }
    });
  });

  it('refuses by name what is no emitter, an overflow that it cannot do, and wrong options', async () => {
    const { loop } = promiseLoop();
    for (const [emitter, options, message] of [
      [5, {}, 'eventsOf got 5, expected an EventEmitter or an EventTarget'],
      [new EventEmitter(), 5, 'eventsOf got 5, expected options'],
      [new EventEmitter(), { end: 'close' }, "expected a list of names, like ['close']"],
      [new EventEmitter(), { overflow: 'pause' }, 'expected from the source `{ stop, pause, resume }`'],
    ])
      expect((await errorOf(() => loop.run(eventsOf(emitter as never, 'x', options as never)))).message).to.include(
        message,
      );
  });

  it('does not compile with an overflow that needs a pause, nor in a loop without promiseModule', () => {
    // @ts-expect-error an emitter cannot be paused
    eventsOf(new EventEmitter(), 'item', { overflow: 'pause' });
    // @ts-expect-error promiseModule is missing
    expect(() => createLoop(setTimeoutModule).run(eventsOf(new EventEmitter(), 'item'))).to.be.a('function');
  });

  it('leaves no listener, loses nothing before its end, whatever happens in whatever order', async () => {
    type Step = 'emit' | 'take' | 'error' | 'end' | 'close' | 'turn' | 'cancel';
    const steps = fc.array(fc.constantFrom<Step>('emit', 'emit', 'take', 'error', 'end', 'close', 'turn', 'cancel'), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 3 }), async (script, capacity) => {
        const emitter = new EventEmitter();
        // The test's own, so that emitting an error after the end does not throw.
        emitter.on('error', () => {});
        const { loop } = promiseLoop();
        // The model: a list that is cut at the first end.
        const held: number[] = [];
        let isOver = false;
        let count = 0;
        const taken: number[] = [];
        const expected: number[] = [];
        await loop
          .run(function* () {
            const task = yield* spawn(function* () {
              const events = yield* eventsOf<[number]>(emitter, 'item', { capacity, end: ['end'] });
              for (const step of script) {
                if (step === 'emit') {
                  emitter.emit('item', count);
                  if (!isOver && held.length < capacity) held.push(count);
                  else isOver = true;
                  count++;
                } else if (step === 'take') {
                  if (held.length > 0) {
                    expected.push(held.shift()!);
                    taken.push((yield* events.next()).value![0]);
                  }
                } else if (step === 'turn') yield* pause();
                else if (step === 'cancel') task.cancel();
                else {
                  isOver = true;
                  if (step === 'close') events.close();
                  else emitter.emit(step, new Error('broken'));
                }
                expect(listenersOf(emitter) === 1).to.equal(isOver);
              }
            });
            yield* pause();
          })
          .catch(() => {});
        expect(taken).to.deep.equal(expected);
        expect(listenersOf(emitter)).to.equal(1);
      }),
      { numRuns: 200 },
    );
  });
});
