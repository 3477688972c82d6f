import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CoreEvent, type Coroutine, pause, spawn } from '@escapement/core';
import { type Exploration, explore, play, ReplayTokenError, replay } from '@escapement/explore';
import { resolved } from '@escapement/promises';
import { sleep } from '@escapement/sleep';
import { assert } from 'chai';
import fc from 'fast-check';
import { lockOrder, lostUpdate, pauses } from './planted.js';

async function thrownBy(run: () => Promise<unknown>): Promise<{ code?: string; message?: string } | undefined> {
  try {
    await run();
  } catch (error) {
    return error as { code?: string };
  }
  return undefined;
}

describe('replay', () => {
  it('repeats a failure to the step', async () => {
    for (const program of [lostUpdate(5), lockOrder(5)]) {
      const { failure } = await explore(program);
      const again = await replay(program, failure!.token);
      assert.isTrue(again.hasFailed);
      assert.equal(String(again.error), String(failure!.error));
      assert.isUndefined(again.divergence);
      assert.deepEqual(
        again.trace.steps.map(step => ({ ...step })),
        failure!.trace.steps.map(step => ({ ...step })),
      );
    }
  });

  it('repeats a run that passes as well', async () => {
    const { token } = await play(lostUpdate(), [0, 1]);
    const again = await replay(lostUpdate(), token);
    assert.isUndefined(again.divergence);
    assert.equal(again.hasFailed, again.error !== undefined);
  });

  it('takes the path of a file with a token', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'explore-'));
    try {
      const { failure } = await explore(lostUpdate(), { name: 'in a file' });
      const path = join(folder, 'failure.txt');
      await failure!.save(path);
      assert.equal(readFileSync(path, 'utf8'), `${failure!.token}\n`);
      assert.isTrue((await replay(lostUpdate(), path)).hasFailed);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('says where another program than that of the token took another way', async () => {
    const { failure } = await explore(lostUpdate(3));
    const other = await replay(lostUpdate(4), failure!.token);
    assert.isDefined(other.divergence);
    assert.match(String(other.divergence), /took another way at step \d+/);
    assert.isTrue(other.divergence!.isFromToken);
    assert.match(
      String(other.divergence),
      /the program or its options have changed .* or the token is of another program/,
    );
  });

  it('names the call that makes a program another one each time, and the line where it went another way', async () => {
    // Any two runs differ, whatever the host's random numbers are.
    let calls = 0;
    const random = Math.random;
    Math.random = () => (calls++ % 2 === 0 ? 0.1 : 0.9);
    try {
      const { token } = await play(flipsACoin, []);
      const { divergence } = await replay(flipsACoin, token);
      assert.equal(divergence?.task, 'coin');
      assert.isNumber(divergence?.step);
      assert.equal(divergence?.calls[0]?.what, 'Math.random');
      assert.equal(divergence?.calls[0]?.task, 'coin');
      assert.match(String(divergence?.calls[0]?.site?.where), /replay\.spec\.(?:ts|js):\d+:\d+$/);
      assert.match(String(divergence), /Math\.random at .*replay\.spec.*called by task "coin"/);
      const found = await explore(flipsACoin, { runs: 400 });
      assert.isDefined(found.failure?.divergence, 'explore itself notices it, too');
      assert.match(String(found.failure), /not deterministic/);
    } finally {
      Math.random = random;
    }

    function* flipsACoin(): Coroutine<void, CoreEvent> {
      yield* spawn(
        function* () {
          yield* pause();
          const heads = Math.random() < 0.5;
          if (heads) yield* pause();
          yield* pause();
          if (heads) throw new Error('heads');
        },
        { name: 'coin' },
      );
    }
  });

  it('tells of a promise that settles sooner or later: the yield* that waited for it', async () => {
    let runs = 0;
    async function after(microtasks: number): Promise<void> {
      for (let left = microtasks; left > 0; left--) await undefined;
    }
    function* program() {
      const isOdd = runs++ % 2 === 1;
      for (const [name, microtasks] of [
        ['first', isOdd ? 50 : 1],
        ['second', isOdd ? 1 : 50],
      ] as const) {
        yield* spawn(
          function* waits() {
            yield* resolved(after(microtasks));
          },
          { name },
        );
      }
    }
    const options = { promises: true } as const;
    const { token } = await play(program, [], options);
    const { divergence } = await replay(program, token, options);
    assert.equal(divergence?.site?.name, 'waits');
    assert.match(divergence!.cause!, /^Resolved/);
    assert.match(String(divergence), /It was ready because of this: Resolved/);
  });

  it('has a summary that says so, too, if all runs passed', async () => {
    let kept = 0;
    const { failure, summary } = await explore(
      function* () {
        yield* spawn(pauses(kept++ % 3), { name: 'keeps state' });
      },
      { runs: 5 },
    );
    assert.isUndefined(failure);
    assert.equal(summary.divergence?.task, 'keeps state');
    assert.match(String(summary.divergence), /State that is kept between runs/);
    const other = await explore(() => pauses(3), { runs: 5 });
    assert.isUndefined(other.summary.divergence);
  });

  it('has a summary that says so also if only the first run took another way, because it filled a cache', async () => {
    let cache: object | undefined;
    const { failure, summary } = await explore(
      function* cached() {
        if (cache === undefined) {
          yield* pause();
          cache = {};
        }
        yield* pause();
      },
      { runs: 5 },
    );
    assert.isUndefined(failure);
    assert.match(String(summary.divergence), /took another way at step 2, the end of the run/);
  });

  it('has a failure that says so, if it needs no switch and the first run passed', async () => {
    let runs = 0;
    const { failure } = await explore(function* () {
      yield* spawn(pauses(1));
      yield* spawn(pauses(1));
      if (++runs > 1) throw new Error('not the first time');
    });
    assert.equal(failure?.run, 2);
    assert.equal(failure?.shrunk.deviations, 0);
    assert.match(String(failure?.divergence), /took another way at step 2/);
    assert.notInclude(String(failure), 'without any switch');
    assert.match(String(failure), /not deterministic/);
  });

  it('finds clocks and timers of the host that a program uses, and puts all back afterwards', async () => {
    const before = [Math.random, Date, Date.now, performance.now, setTimeout, Error.stackTraceLimit];
    let runs = 0;
    function* program(): Coroutine<void, CoreEvent> {
      yield* pause();
      Date.now();
      new Date();
      performance.now();
      clearTimeout(setTimeout(() => {}, 0));
      assert.isTrue(new Date(0) instanceof Date);
      // Another way in each run.
      yield* pauses(++runs);
    }
    const { token } = await play(program, []);
    const { divergence } = await replay(program, token);
    assert.deepEqual(
      divergence!.calls.map(({ what }) => what),
      ['Date.now', 'new Date()', 'performance.now', 'setTimeout', 'new Date()'].filter((_, place) => place < 4),
    );
    assert.deepEqual([Math.random, Date, Date.now, performance.now, setTimeout, Error.stackTraceLimit], before);
  });
});

describe('a token', () => {
  it('survives a shell, names the test, and has 200 characters at most for 20 deviations', async () => {
    const deviation = fc.tuple(fc.nat(12), fc.integer({ min: 1, max: 15 }));
    await fc.assert(
      fc.asyncProperty(fc.array(deviation, { maxLength: 20 }), async deviations => {
        const choices = deviations.flatMap(([gap, choice]) => [...Array<number>(gap).fill(0), choice]);
        const { token } = await play(many, choices);
        assert.match(token, /^[A-Za-z0-9._-]*$/);
        assert.isUndefined((await replay(many, token)).divergence);
      }),
      { numRuns: 10 },
    );
    const name = 'a name that is much longer than what a token shows of it';
    const far = Array.from({ length: 20 }, () => [...Array<number>(1000).fill(0), 1200]).flat();
    const long = await play(
      function* (run) {
        for (let choice = 0; choice < far.length; choice++) run.choose(1295);
        yield* pause();
      },
      far,
      { name },
    );
    assert.deepEqual(long.choices, far);
    assert.isAtMost(long.token.length, 200);
    const { failure } = await explore(lostUpdate(), { name: "it's $HOME & <tests> / of été" });
    assert.match(failure!.token, /^esc1-it_s_HOME_tests_of_e_te-[0-9a-z._]+-[0-9a-z]+\.[0-9a-z]+$/);

    function* many(): Coroutine<void, CoreEvent> {
      for (let task = 0; task < 16; task++) yield* spawn(pauses(12));
    }
  });

  for (const [what, token, message] of [
    ['of another version', 'esc9-name-0.1-a.00', /of format 9, this version .* plays format 1/],
    ['that is cut off', 'esc1-name-0.1', /cut off or damaged/],
    ['that is cut off in its last part', 'esc1-name-0.1-a.0011', /cut off: its last part is too short/],
    ['that is damaged', 'esc1-name-0..1-a.0011', /cut off or damaged/],
    ['that stands for too many choices', 'esc1-x-zzzzzz-a.00', /more choices than a run can have/],
    ['that is another text', 'hello world', /does not begin like a token/],
    ['that is empty', '', /does not begin like a token/],
    ['that is no text', 5 as never, /Pass the `token` of a failure/],
    ['that is very long', `esc1-x-${'1.'.repeat(300_000)}`, /cut off or damaged/],
  ] as const) {
    it(`${what} is refused at once`, async () => {
      const error = await thrownBy(() => replay(lostUpdate(), token));
      assert.instanceOf(error, ReplayTokenError);
      assert.equal(error?.code, 'ESC_REPLAY_TOKEN');
      assert.match(error!.message!, message);
    });
  }

  it('of any text is refused or played, and never hangs', async () => {
    const piece = fc.constantFrom('esc1', '-', '.', '_', '0', 'z', 'a1', 'name');
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async pieces => {
        const error = await thrownBy(() => replay(run => short(run), pieces.join('')));
        if (error !== undefined) assert.equal(error.code, 'ESC_REPLAY_TOKEN');
      }),
      { numRuns: 200 },
    );

    function* short(_run: Exploration) {
      yield* spawn(pauses(1));
      yield* sleep(1);
    }
  });
});
