import { type EventHandler, hostTurn, type LoopEvent } from '@escapement/core';
import { explain, repeat } from './explain.js';
import { Failure } from './failure.js';
import { type ExploredProgram, type ExploreOptions, exploreSettings } from './options.js';
import { LoopsOrderFirst } from './oracle/chooser.js';
import { seedOfRun } from './oracle/random-numbers.js';
import { findPlantedRace } from './planted-race.js';
import { type Played, Player } from './player.js';
import { Seen } from './seen.js';
import { ExhaustiveChooser } from './strategies/exhaustive-chooser.js';
import type { ExploreResult } from './summary.js';

/** The host gets a turn after so many runs: for signals, and the time limits of test runners. */
const RUNS_PER_TURN = 64;

/**
 * Runs a program again and again in virtual time, each time in another of the orders that its loop may choose, until a run fails. A
 * run fails if the program throws, if a check of `run.check` throws, in a deadlock, and if it takes too many steps.
 *
 * The first run is in the explorer's own order. A failure is shrunk and explained, and has a token that repeats it.
 *
 * @param program makes all that it uses anew: it is called once for each run
 * @throws InvalidArgumentError, InvalidCountError, NotAFunctionError, NotACoroutineError for wrong arguments;
 *   ExplorationBrokenError if the strategy does not even find a planted race; InvalidChoiceError and ChooserFailedError from a strategy of your own
 * @example
 * const { failure, summary } = await explore(function* (run) {
 *   const account = new Account(100);
 *   run.check(() => assert.equal(account.balance, 120));
 *   yield* spawn(account.deposit(10));
 *   yield* spawn(account.deposit(10));
 * });
 * if (failure) console.log(`${failure}`);
 */
export async function explore<T, F extends LoopEvent, H extends EventHandler = never, P extends boolean = false>(
  program: ExploredProgram<T, F, H, P>,
  options: ExploreOptions<H, P> = {},
): Promise<ExploreResult> {
  const settings = exploreSettings(program, options as ExploreOptions);
  await findPlantedRace(settings.plantedChooser);
  const player = new Player(program, settings);
  const seen = new Seen();
  const exhaustive = settings.chooser instanceof ExhaustiveChooser ? settings.chooser : undefined;
  const chooser = exhaustive ?? new LoopsOrderFirst(settings.chooser);
  let hasMore = true;
  let first: Played | undefined;
  for (let run = 1; run <= settings.runs && hasMore; run++) {
    const watch = { reorderings: seen.reorderings, trail: true };
    const played = await player.play(chooser, seedOfRun(settings.seed, run), watch);
    hasMore = chooser.runEnded();
    seen.add(played);
    first ??= played;
    if (played.hasFailed) {
      const found = await explain(player, { played, run, first }, settings);
      return { summary: seen.summary(FAILED), failure: new Failure(found) };
    }
    if (run % RUNS_PER_TURN === 0) await hostTurn();
  }
  const { divergence } = await repeat(player, first!);
  const notExhausted = hasMore
    ? leftOver(exhaustive, settings.runs)
    : (exhaustive?.notTried ?? (divergence && DIVERGED));
  return { summary: seen.summary(notExhausted, divergence), failure: undefined };
}

const FAILED = 'It ended with the first failure. Repair that, and explore again.';
const DIVERGED = 'The program is not deterministic, so its schedules have no end: see `divergence`.';

function leftOver(exhaustive: ExhaustiveChooser | undefined, runs: number): string {
  if (exhaustive === undefined) return "Only the strategy 'exhaustive' plays all schedules. The others are samples.";
  return `There are more schedules than the ${runs} that were played. Pass more \`runs\` or fewer \`preemptions\`, or make the program smaller.`;
}
