import { test } from 'node:test';
import { LoopEvent, pause, spawn } from '@escapement/core';
import { explored, FailedRunError } from '@escapement/explore';
import { GeneratedSchedule } from '@escapement/explore/fast-check';
import { assert } from 'chai';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { losesAnUpdate, losesNone } from './runners/bank.js';

describe('explored', () => {
  const VARIABLES = ['EXPLORE_RUNS', 'EXPLORE_SEED', 'EXPLORE_REPLAY'];
  const before = VARIABLES.map(name => process.env[name]);
  beforeEach(() => VARIABLES.forEach(name => void Reflect.deleteProperty(process.env, name)));
  afterEach(() => {
    for (const [index, name] of VARIABLES.entries()) {
      if (before[index] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[index];
    }
  });

  it('is the body of a test of this runner', explored(losesNone, { runs: 50 }));

  it('fails with the report, the error, the token and the trace, and the frames of the error', async () => {
    const error = await failureIn(contextOf('loses an update'));
    assert.equal(error.code, 'ESC_FAILED_RUN');
    assert.match(error.message, /^AssertionError: .*\n/);
    assert.match(error.message, /"loses an update" failed in run \d+ /);
    assert.match(error.token, /^esc1-loses_an_update-/);
    assert.include(error.message, `EXPLORE_REPLAY=${error.token} npm test`);
    assert.equal((error.error as Error).name, 'AssertionError');
    assert.isAbove(error.trace.steps.length, 3);
    assert.notInclude(Object.keys(error), 'trace');
    const frames = error
      .stack!.slice(error.stack!.indexOf(error.message) + error.message.length)
      .trim()
      .split('\n');
    assert.match(frames[0]!, /bank\./);
    assert.lengthOf(frames, 1, 'none of the exploration itself');
  });

  it('repeats the run of EXPLORE_REPLAY if the token names the test or none, and skips the test otherwise', async () => {
    const { token } = await failureIn(contextOf('loses an update'));
    process.env.EXPLORE_REPLAY = token;
    const again = await failureIn(contextOf('loses an update'));
    assert.equal(again.token, token);
    assert.include(again.message, `"loses an update" failed in the run of ${token}`);
    const other = contextOf('another test');
    await run(explored(losesAnUpdate), other);
    assert.equal(other.skipped, 1);
    const ofNone = await failureIn(undefined);
    assert.match(ofNone.token, /^esc1-loses_an_update/);
    process.env.EXPLORE_REPLAY = token.replace('loses_an_update', '');
    const unnamed = contextOf('another test');
    assert.include((await failureIn(unnamed)).message, 'failed in the run of');
    assert.equal(unnamed.skipped, 0);
  });

  it('passes when a repaired program is repeated, and says that it was another run', async () => {
    process.env.EXPLORE_REPLAY = (await failureIn(contextOf('bank'))).token;
    const lines: unknown[] = [];
    const { warn } = console;
    console.warn = (...line: unknown[]) => void lines.push(...line);
    try {
      await run(
        explored(function* (exploration) {
          yield* losesNone(exploration);
          yield* spawn(pause());
          yield* pause();
        }),
        contextOf('bank'),
      );
    } finally {
      console.warn = warn;
    }
    assert.lengthOf(lines, 1);
    assert.match(
      String(lines[0]),
      /^"bank" passed, but this was not the run of the token: it took another way at step \d+/,
    );
  });

  it('takes runs and seed from the environment, which must be whole numbers', async () => {
    let runs = 0;
    const seeds: number[] = [];
    const counting = explored(function* (exploration) {
      runs++;
      seeds.push(exploration.random());
      yield* pause();
    });
    process.env.EXPLORE_RUNS = '7';
    await run(counting, contextOf('counting'));
    // The first one is repeated twice, to see whether the program is deterministic.
    assert.equal(runs, 7 + 2);
    const first = seeds.splice(0);
    process.env.EXPLORE_SEED = '2';
    await run(counting, contextOf('counting'));
    assert.notDeepEqual(seeds, first);
    for (const wrong of ['many', '-1', '1.5']) {
      process.env.EXPLORE_RUNS = wrong;
      const error = await run(counting, contextOf('counting')).catch(thrown => thrown);
      assert.equal(error.code, 'ESC_INVALID_ARGUMENT');
      assert.include(error.message, `"${wrong}" in the variable EXPLORE_RUNS`);
    }
  });

  it('knows the contexts of mocha, vitest and node:test, prefers a name that is given, and needs none', async () => {
    assert.match((await failureIn({ test: { title: 'of mocha' }, skip() {} })).token, /^esc1-of_mocha-/);
    const ofNode = { name: 'of node', skip() {}, test() {} };
    assert.match((await failureIn(ofNode, ofNode)).token, /^esc1-of_node-/);
    const ofVitest = Object.assign(() => {}, { task: { name: 'of vitest' }, skip() {} });
    assert.match((await failureIn(undefined, ofVitest)).token, /^esc1-of_vitest-/);
    const given = explored(losesAnUpdate, { name: 'given' });
    assert.match((await run(given, contextOf('other')).catch(thrown => thrown)).token, /^esc1-given-/);
    assert.match((await failureIn(undefined)).token, /^esc1--/);
  });

  it('takes no parameter, which mocha would take for a callback, and vitest for fixtures', () => {
    const body = explored(losesNone);
    assert.equal(body.length, 0);
    assert.match(String(body), /^async function exploredTest\(\)/);
  });
});

class Awaited extends LoopEvent {
  readonly kind = 'awaited';
}

// The compiler is the test: an `@ts-expect-error` that finds no error is one itself.
describe('the types of explored', () => {
  it('refuse an event without a handler, and fit the bodies of tests', () => {
    function* signalled() {
      yield* new Signal();
    }
    function* waits() {
      yield* new Awaited();
    }
    const never = async (schedule: GeneratedSchedule) => {
      // @ts-expect-error: no handler for Signal
      explored(signalled);
      // @ts-expect-error: the handler is for another event
      explored(waits, { handlers: () => [new SignalHandler()] });
      it('of mocha', explored(signalled, { handlers: () => [new SignalHandler()] }));
      test('of node:test', explored(signalled, { handlers: () => [new SignalHandler()] }));
      // @ts-expect-error: no handler for Signal
      await schedule.run(signalled);
      await schedule.run(signalled, { handlers: () => [new SignalHandler()] });
      // @ts-expect-error: schedules are made by schedules()
      new GeneratedSchedule([[0, 0]]);
    };
    void never;
  });
});

type Body = (this: unknown) => Promise<void>;

function run(body: Body, self: unknown, argument?: unknown): Promise<void> {
  return Reflect.apply(body, self, argument === undefined ? [] : [argument]);
}

async function failureIn(self: unknown, argument?: unknown): Promise<FailedRunError> {
  const error = await run(explored(losesAnUpdate), self, argument).then(
    () => undefined,
    thrown => thrown,
  );
  assert.instanceOf(error, FailedRunError);
  return error;
}

/** As that of mocha. */
function contextOf(title: string) {
  return {
    test: { title },
    skipped: 0,
    skip() {
      this.skipped++;
    },
  };
}
