import { expect } from 'chai';
import {
  type Coroutine,
  call,
  EventHandler,
  EventLoop,
  SelfServedEvent,
  type SleepFor,
  scope,
  sleep,
  spawn,
  type Waiter,
} from 'escapement';
import { Signal } from '../support/signal-event.js';
import { JumpStrategy, virtualLoop } from '../support/virtual-loop.js';

function thrownBy(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error');
}

describe('the stack of an error', () => {
  it('shows the coroutines and tasks that it passed, and not the loop', () => {
    const { loop } = virtualLoop();
    function* innermost(): Coroutine<void, SleepFor> {
      yield* sleep(1);
      throw new Error('deep down');
    }
    function* middle(): Coroutine<void, SleepFor> {
      yield* innermost();
    }
    function* outer() {
      yield* call(middle);
    }
    const error = thrownBy(() =>
      loop.runSync(function* main() {
        yield* spawn(outer(), { name: 'worker' });
      }),
    );
    const frames = error.stack!.split('\n').filter(line => line.startsWith('    at '));
    expect(frames[0]).to.match(/at innermost .*stack-trace.* \(coroutine\)$/);
    expect(frames[1]).to.match(/at middle .*stack-trace.* \(coroutine\)$/);
    expect(frames[2]).to.equal('    at middle (coroutine)');
    expect(frames[3]).to.equal('    at task "worker" (coroutine)');
    expect(error.stack).not.to.match(/core\/(?:dist|src)\//);
  });

  it('has the coroutines above the frames of the host', () => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 100;
    const { loop } = virtualLoop();
    const error = thrownBy(() =>
      loop.runSync(function* main() {
        yield* sleep(1);
        throw new Error('two lines\n    of a message');
      }),
    );
    Error.stackTraceLimit = stackTraceLimit;
    const lines = error.stack!.split('\n').slice(2);
    expect(lines[0]).to.match(/at main .* \(coroutine\)$/);
    expect(lines[1]).to.equal('    at task "main" (coroutine)');
    expect(lines[2]).to.match(/stack-trace/);
  });

  it('created outside of the loop has the coroutines of its last run at the end, however often it is thrown', () => {
    const error = new Error('made elsewhere');
    const before = error.stack;
    function* main(): Coroutine<void, SleepFor> {
      yield* sleep(1);
      throw error;
    }
    for (let run = 0; run < 20; run++) expect(thrownBy(() => virtualLoop().loop.runSync(main))).to.equal(error);
    expect(error.stack!.startsWith(before!)).to.equal(true);
    const own = error.stack!.split('\n').filter(line => line === '    at task "main" (coroutine)');
    expect(own).to.have.length(1);
    expect(error.stack!.endsWith('\n    at task "main" (coroutine)')).to.equal(true);
  });

  it('may be missing', () => {
    const { loop } = virtualLoop();
    const bare = new Error('bare');
    Object.defineProperty(bare, 'stack', { value: undefined });
    const error = thrownBy(() =>
      loop.runSync(function* () {
        throw bare;
      }),
    );
    expect(error).to.equal(bare);
  });

  it('is not changed if a coroutine catches the error', () => {
    const { loop } = virtualLoop();
    const original = new Error('caught');
    const stack = original.stack;
    loop.runSync(function* () {
      const task = yield* spawn(
        (function* (): Coroutine<void, SleepFor> {
          yield* sleep(1);
          try {
            throw original;
          } catch {}
        })(),
      );
      yield* task.join();
    });
    expect(original.stack).to.equal(stack);
  });
});

const IS_NODE = (globalThis as { process?: { getBuiltinModule?: unknown } }).process?.getBuiltinModule !== undefined;

/** The frames of what `program` throws, of this file: function and line. */
function framesOf(program: () => Coroutine<unknown, never>): string[] {
  const error = thrownBy(() => new EventLoop({ strategy: new JumpStrategy() }).runSync(program));
  return error.stack!.split('\n').filter(line => /^\s+at .*stack-trace/.test(line));
}

function lineHere(): number {
  return Number(/stack-trace\.spec\.[jt]s:(\d+)/.exec(new Error('here').stack!.split('\n')[2]!)![1]);
}

describe('the stack of an error that the loop throws at a yield', () => {
  it('shows the yield* of an event that has no handler, and its callers', () => {
    let line = 0;
    function* inner(): Coroutine<void, never> {
      line = lineHere() + 1;
      yield* sleep(5) as unknown as Coroutine<void, never>;
    }
    const frames = framesOf(function* main(): Coroutine<void, never> {
      yield* inner();
    });
    expect(frames[0]).to.match(new RegExp(`at inner .*:${line}:\\d+\\) \\(coroutine\\)$`));
    expect(frames[1]).to.match(/at main .*\(coroutine\)$/);
  });

  for (const [what, value] of [
    ['an event without a handler', sleep(5)],
    ['a number', 5],
    ['nothing', undefined],
  ] as const) {
    it(`shows the line of a bare yield of ${what}, where the host is Node`, () => {
      let line = 0;
      function* inner(): Coroutine<void, never> {
        line = lineHere() + 1;
        yield value as never;
      }
      for (const main of [() => inner(), () => call(inner) as unknown as Coroutine<void, never>]) {
        const [frame] = framesOf(function* () {
          yield* main();
        });
        const shown = new RegExp(`at .*stack-trace.*:${line} \\(coroutine\\)$`);
        if (IS_NODE) expect(frame).to.match(shown);
        else expect(frame ?? '').not.to.match(shown);
      }
    });
  }

  it('leaves alone the stack of another error that the coroutine throws instead', () => {
    let stack = '';
    const error = thrownBy(() =>
      virtualLoop().loop.runSync(function* main(): Coroutine<void, never> {
        try {
          yield 5 as never;
        } catch {
          const other = new Error('another');
          stack = other.stack!.split('\n').slice(0, 2).join('\n');
          throw other;
        }
      }),
    );
    expect(error.message).to.equal('another');
    expect(error.stack!.startsWith(stack)).to.equal(true);
  });

  it('lets the coroutine catch it and go on', () => {
    const { loop } = virtualLoop();
    const codes: unknown[] = [];
    loop.runSync(function* main(): Coroutine<void, never> {
      for (const value of [5, undefined, [1]]) {
        try {
          yield value as never;
        } catch (error) {
          codes.push((error as { code: unknown }).code);
        }
      }
      // Another loop inside of such a step.
      try {
        yield 5 as never;
      } catch {
        codes.push(thrownBy(() => virtualLoop().loop.runSync(yieldsFive)).message.slice(0, 20));
      }
    });
    expect(codes).to.deep.equal([...Array(3).fill('ESC_NOT_AN_EVENT'), 'task "yieldsFive" yi']);
    expect(Object.getOwnPropertySymbols(globalThis)).not.to.include(Symbol.for('escapement.raise'));
  });
});

function* yieldsFive(): Coroutine<void, never> {
  yield 5 as never;
}

describe('what is thrown into a `yield*` of a list or of another iterable without `throw`', () => {
  it("is the loop's error about an item that is no event, with the line", () => {
    let line = 0;
    const error = thrownBy(() =>
      virtualLoop().loop.runSync(function* main(): Coroutine<void, never> {
        line = lineHere() + 1;
        yield* [1, 2] as never[];
      }),
    );
    expect(error).to.have.property('code', 'ESC_NOT_AN_EVENT');
    expect(error.message).to.include('`yield* all(list)`');
    expect(error.stack).to.match(new RegExp(`at main .*stack-trace.*:${line}:`));
  });

  it('is not lost: a cancellation cancels the task', () => {
    const { loop } = virtualLoop();
    const state = loop.runSync(function* () {
      const task = yield* spawn(function* () {
        yield* [sleep(10), sleep(10)];
      });
      yield* sleep(5);
      task.cancel('enough');
      yield* sleep(0);
      return task.result;
    });
    expect(state).to.deep.equal({ state: 'cancelled', reason: 'enough' });
  });

  it('is not lost: a failure, also below `call`', () => {
    const failure = new Error('the wait failed');
    class Failing extends SelfServedEvent<void> {
      override readonly kind = 'failing';
      override arm(waiter: Waiter<void>): void {
        waiter.reject(failure);
      }
      override disarm(): void {}
    }
    function* list() {
      yield* [new Failing()];
    }
    for (const program of [list, () => call(list), () => call(() => call(list))]) {
      expect(thrownBy(() => virtualLoop().loop.runSync(program))).to.equal(failure);
    }
  });

  it('is not taken for a TypeError of that text that the coroutine throws itself', () => {
    const own = new TypeError("The iterator does not provide a 'throw' method.");
    const error = thrownBy(() =>
      virtualLoop().loop.runSync(function* () {
        yield* sleep(1);
        throw own;
      }),
    );
    expect(error).to.equal(own);
  });
});

describe('the stack of an error about what is no program', () => {
  const loose = (given: unknown) => given as () => Coroutine<void, never>;

  it('begins at the caller of run, runSync and spawn, however many frames of the loop are between', async () => {
    const used = yieldsFive();
    expect(() => virtualLoop().loop.runSync(used)).to.throw();
    for (const wrong of [async () => {}, () => 5, undefined, used]) {
      const { loop } = virtualLoop();
      const errors = [
        thrownBy(() => loop.runSync(loose(wrong))),
        thrownBy(() => loop.spawn(loose(wrong))),
        await loop.run(loose(wrong)).catch(error => error),
      ];
      for (const { stack } of errors)
        expect(stack.split('\n').find((line: string) => /^ +at /.test(line))).to.match(/stack-trace/);
    }
  });

  it('begins at the yield* of a scope or a call', () => {
    for (const wrong of [() => scope(loose(5)), () => call(loose(5)), () => scope(loose(() => 5))]) {
      let line = 0;
      const frames = framesOf(function* main(): Coroutine<void, never> {
        line = lineHere() + 1;
        yield* wrong() as unknown as Coroutine<void, never>;
      });
      expect(frames[0]).to.match(new RegExp(`at main .*:${line}:`));
    }
  });

  it('is as the host makes it where that has no limit of frames', () => {
    const { stackTraceLimit } = Error;
    try {
      for (const limit of [0, 1, undefined, 'many']) {
        Error.stackTraceLimit = limit as number;
        expect(thrownBy(() => virtualLoop().loop.runSync(loose(5)))).to.have.property('code', 'ESC_NOT_A_COROUTINE');
        expect(Error.stackTraceLimit).to.equal(limit);
      }
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  });
});

describe('the stack of a HandlerError', () => {
  it('shows the yield* that the handler failed for', () => {
    class Faulty extends EventHandler<Signal> {
      override readonly handles = Signal;
      override arm(): void {
        throw new Error('a fault');
      }
      override disarm(): void {}
    }
    const { loop } = virtualLoop({ handlers: [new Faulty()] });
    const error = thrownBy(() =>
      loop.runSync(function* main() {
        yield* new Signal();
      }),
    );
    expect(error).to.have.property('code', 'ESC_HANDLER_FAILED');
    expect(error.stack).to.match(/at main .*stack-trace/);
  });
});
