import { checkArgument, type EventHandler, InvalidArgumentError, type LoopEvent } from '@escapement/core';
import { explore } from '../explore.js';
import type { ExploredProgram, ExploreOptions } from '../options.js';
import { readToken, replay } from '../replay.js';
import { isOfTest } from '../token.js';
import { failureReport, quoted } from '../views/failure-text.js';
import { replayText } from '../views/replay-text.js';
import { FailedRunError } from './failed-run-error.js';
import { type RunningTest, runningTest } from './running-test.js';

/**
 * The body of a test for mocha, vitest and `node:test`: explores `program`, and fails with the whole report. The name of the test
 * is in the token of a failure.
 *
 * These variables of the environment override the options: `EXPLORE_RUNS`, `EXPLORE_SEED`, and `EXPLORE_REPLAY=<token>`, which
 * repeats the run of a token in the test that it names, and skips the other tests made by `explored`.
 *
 * @param program makes all that it uses anew: it is called once for each run
 * @returns a function to pass to `it` or `test`; it rejects with `FailedRunError`, and with what `explore` and `replay` throw
 * @throws InvalidArgumentError when the test runs, if `EXPLORE_RUNS` or `EXPLORE_SEED` is no number
 * @example
 * it('loses no update', explored(function* (run) {
 *   const account = new Account(0);
 *   run.check(() => assert.equal(account.balance, 20));
 *   yield* spawn(account.deposit(10));
 *   yield* spawn(account.deposit(10));
 * }, { runs: 500 }));
 */
export function explored<T, F extends LoopEvent, H extends EventHandler = never, P extends boolean = false>(
  program: ExploredProgram<T, F, H, P>,
  options: ExploreOptions<H, P> = {},
): (this: unknown) => Promise<void> {
  // Without parameters: mocha takes one for a callback, and vitest for fixtures.
  return async function exploredTest(this: unknown) {
    checkArgument('explored', options, 'object', 'options like { runs: 500 }');
    // biome-ignore lint/complexity/noArguments: see above
    const test = runningTest(this, arguments[0]);
    const name = options.name ?? test?.name;
    const token = process.env.EXPLORE_REPLAY;
    if (token) return replayIn(test, name, program, token, options);
    const { failure } = await explore(program, {
      ...options,
      ...fromEnvironment(),
      ...(name === undefined ? {} : { name }),
    });
    if (failure !== undefined)
      throw new FailedRunError(
        failureReport(failure, `EXPLORE_REPLAY=${failure.token} npm test`),
        failure.error,
        failure.token,
        failure.trace,
      );
  };
}

async function replayIn<T, F extends LoopEvent, H extends EventHandler, P extends boolean>(
  test: RunningTest | undefined,
  name: string | undefined,
  program: ExploredProgram<T, F, H, P>,
  given: string,
  options: ExploreOptions<H, P>,
): Promise<void> {
  const token = await readToken(given);
  if (!isOfTest(token, name)) return test?.skip();
  const replayed = await replay(program, token, options);
  if (replayed.hasFailed)
    throw new FailedRunError(replayText(replayed, token, name), replayed.error, token, replayed.trace);
  if (replayed.divergence === undefined) return;
  console.warn(`${quoted(name)} passed, but this was not the run of the token: ${replayed.divergence}`);
}

function fromEnvironment(): { readonly runs?: number; readonly seed?: number } {
  const runs = numberIn('EXPLORE_RUNS');
  const seed = numberIn('EXPLORE_SEED');
  return { ...(runs === undefined ? {} : { runs }), ...(seed === undefined ? {} : { seed }) };
}

function numberIn(variable: string): number | undefined {
  const text = process.env[variable];
  if (!text) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const fault = `explored got "${text}" in the variable ${variable} of the environment, expected a whole number. Correct it, or unset it.`;
  throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
}
