import { expect } from 'chai';
import { type Coroutine, call, type SleepFor, sleep, spawn } from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';

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
