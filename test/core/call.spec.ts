import { expect } from 'chai';
import { type Coroutine, call, type SleepFor, sleep, spawn } from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';

describe('call', () => {
  it('does what yield* does: values, errors, events, and its own frames', () => {
    const { loop } = virtualLoop();
    function* add(a: number, b: number) {
      yield* sleep(1);
      return a + b;
    }
    function* fail(): Coroutine<never, SleepFor> {
      yield* sleep(1);
      throw new Error('called');
    }
    const seen = loop.runSync(function* () {
      const sum: number = yield* call(add, 1, 2);
      try {
        yield* call(fail);
      } catch (error) {
        return [sum, (error as Error).message];
      }
      return [];
    });
    expect(seen).to.deep.equal([3, 'called']);
  });

  it('may be nested a hundred thousand deep; a cancellation runs every `finally`', () => {
    const { loop } = virtualLoop();
    let cleaned = 0;
    function* down(left: number): Coroutine<void, SleepFor | import('escapement').Call> {
      try {
        if (left > 0) yield* call(down, left - 1);
        else yield* sleep(1000);
      } finally {
        cleaned++;
      }
    }
    loop.runSync(function* () {
      const child = yield* spawn(down(100_000));
      yield* sleep(1);
      child.cancel();
    });
    expect(cleaned).to.equal(100_001);
  });
});
