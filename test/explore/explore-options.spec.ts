import { EventHandler, LoopEvent, pause } from '@escapement/core';
import { type ExploreOptions, explore, explored, play, replay, swimlane, traceTable } from '@escapement/explore';
import { schedules } from '@escapement/explore/fast-check';
import { resolved } from '@escapement/promises';
import { sleep } from '@escapement/sleep';
import { assert } from 'chai';
import { Signal, SignalHandler } from '../support/signal-event.js';

async function codeOf(run: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await run();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
}

function* passes() {
  yield* pause();
}

describe('explore refuses', () => {
  const wrong: readonly [string, unknown, string][] = [
    ['runs: 0', { runs: 0 }, 'ESC_INVALID_COUNT'],
    ['runs: Infinity', { runs: Infinity }, 'ESC_INVALID_COUNT'],
    ['runs: NaN', { runs: Number.NaN }, 'ESC_INVALID_COUNT'],
    ['a strategy that it does not know', { strategy: 'all' }, 'ESC_INVALID_ARGUMENT'],
    ['a strategy that is a function', { strategy: () => 0 }, 'ESC_INVALID_ARGUMENT'],
    ['a seed that is no whole number', { seed: 1.5 }, 'ESC_INVALID_ARGUMENT'],
    ['a name that is no text', { name: 5 }, 'ESC_INVALID_ARGUMENT'],
    ['a negative lateness', { lateness: -1 }, 'ESC_INVALID_ARGUMENT'],
    ['steps that never end', { slowSteps: Infinity }, 'ESC_INVALID_ARGUMENT'],
    ['endless patience', { patience: Infinity }, 'ESC_INVALID_ARGUMENT'],
    ['endless runs', { mostSteps: Infinity }, 'ESC_INVALID_COUNT'],
    ['a depth of 0', { depth: 0 }, 'ESC_INVALID_COUNT'],
    ['negative preemptions', { preemptions: -1 }, 'ESC_INVALID_COUNT'],
    ['handlers that are a list', { handlers: [] }, 'ESC_INVALID_ARGUMENT'],
    ['promises: 1', { promises: 1 }, 'ESC_INVALID_ARGUMENT'],
    ['shrink: 1', { shrink: 1 }, 'ESC_INVALID_ARGUMENT'],
    ['null', null, 'ESC_INVALID_ARGUMENT'],
  ];
  for (const [what, options, code] of wrong) {
    it(what, async () =>
      assert.equal(await codeOf(() => explore(passes, options as ExploreOptions<never, false>)), code),
    );
  }

  it('what is no program', async () => {
    assert.equal(await codeOf(() => explore((async () => {}) as never)), 'ESC_NOT_A_COROUTINE');
    assert.equal(await codeOf(() => explore(passes() as never)), 'ESC_NOT_A_FUNCTION');
    assert.equal(await codeOf(() => explore(undefined as never)), 'ESC_NOT_A_FUNCTION');
  });

  it('handlers that are no list, as an error and not as a failure of the run', async () => {
    assert.equal(await codeOf(() => explore(passes, { handlers: () => 5 as never })), 'ESC_INVALID_ARGUMENT');
    assert.equal(await codeOf(() => explore(passes, { handlers: () => undefined as never })), 'ESC_INVALID_ARGUMENT');
  });

  it('what is no list of choices, no options and no trace, in its other functions', async () => {
    const calls: readonly (() => unknown)[] = [
      () => play(passes, null as never),
      () => play(passes, [-1]),
      () => play(passes, [0.5]),
      () => play(passes, ['1' as never]),
      () => explored(passes, null as never).call(undefined),
      () => schedules(null as never),
      () => swimlane(null as never),
      () => swimlane({} as never),
      () => traceTable(undefined as never),
    ];
    for (const call of calls) assert.equal(await codeOf(async () => call()), 'ESC_INVALID_ARGUMENT', String(call));
  });

  it('a check that returns a promise, as a failure of the run: it would pass whatever it finds', async () => {
    const { failure } = await explore(function* (run) {
      run.check(async () => {
        throw new Error('found too late');
      });
    });
    assert.equal((failure!.error as { code?: string }).code, 'ESC_INVALID_ARGUMENT');
    assert.match(String(failure!.error), /a check of run\.check returned a promise.*without `async`/s);
  });

  it('what is no task in run.mayCancel, and a link with latency below 0, as a failure of the run', async () => {
    for (const wrong of [undefined, null, 5, {}]) {
      const { failure } = await explore(function* (run) {
        run.mayCancel(wrong as never);
      });
      assert.equal((failure!.error as { code?: string }).code, 'ESC_INVALID_ARGUMENT');
    }
    const { failure } = await explore(function* (run) {
      run.link({ latency: -1 });
    });
    assert.equal((failure!.error as { code?: string }).code, 'ESC_INVALID_ARGUMENT');
  });

  it('a count or a check of the run that is none, as a failure of the run', async () => {
    const { failure } = await explore(function* (run) {
      run.choose(0);
    });
    assert.equal((failure!.error as { code?: string }).code, 'ESC_INVALID_COUNT');
    const other = await explore(function* (run) {
      run.check(5 as never);
    });
    assert.equal((other.failure!.error as { code?: string }).code, 'ESC_INVALID_ARGUMENT');
  });
});

class Readable extends LoopEvent<number> {
  readonly kind = 'readable';
}

class OtherHandler extends EventHandler<Readable> {
  override readonly handles = Readable;
  override arm(): void {}
  override disarm(): void {}
}

// The compiler is the test: an `@ts-expect-error` that finds no error is one itself.
describe('the types of explore', () => {
  it('refuse an event without a handler, and take it with one', () => {
    function* waits() {
      yield* new Readable();
    }
    function* signalled() {
      yield* new Signal();
      yield* sleep(1);
    }
    const never = () => {
      explore(passes);
      // @ts-expect-error: no handler for Readable
      explore(waits);
      // @ts-expect-error: nor in a function that makes a program
      explore(() => waits);
      // @ts-expect-error: the handler is for another event
      explore(waits, { handlers: () => [new SignalHandler()] });
      explore(signalled, { handlers: () => [new SignalHandler()] });
      explore(signalled, { handlers: () => [new SignalHandler(), new OtherHandler()], runs: 5 });
      // @ts-expect-error: no handler for Signal
      replay(signalled, 'esc1');
      // @ts-expect-error: no handler for Signal
      play(signalled, []);
      // @ts-expect-error: promises must be asked for
      explore(() => resolved(Promise.resolve(5)));
      explore(() => resolved(Promise.resolve(5)), { promises: true });
      replay(() => resolved(Promise.resolve(5)), 'esc1', { promises: true });
      // @ts-expect-error: promises may be false
      explore(() => resolved(Promise.resolve(5)), { promises: Math.random() < 0.5 });
      explore(passes, { promises: Math.random() < 0.5 });
    };
    void never;
  });
});
