import { pause, spawn } from '@escapement/core';
import { ExplorationBrokenError } from './errors.js';
import type { Exploration } from './exploration.js';
import type { Chooser } from './oracle/chooser.js';
import { seedOfRun } from './oracle/random-numbers.js';
import { Player } from './player.js';

/** At random it is found in one of four runs or so: a strategy that works does not miss it in so many. */
const RUNS = 500;

class PlantedError extends Error {}

/** A lost update: it fails if one task is preempted between its read and its write. */
function* plantedRace(run: Exploration) {
  let balance = 0;
  function* deposit() {
    const before = balance;
    yield* pause();
    balance = before + 1;
  }
  run.check(() => {
    if (balance !== 2) throw new PlantedError();
  });
  yield* spawn(deposit());
  yield* spawn(deposit());
}

/**
 * A strategy that finds nothing would say that every run passed. So each exploration shows first that it finds a race.
 *
 * @internal
 * @throws ExplorationBrokenError
 */
export async function findPlantedRace(chooser: Chooser): Promise<void> {
  const settings = {
    handlers: () => [],
    promises: false,
    lateness: 0,
    patience: 0,
    slowSteps: 0,
    mostSteps: 1000,
    name: undefined,
  };
  const player = new Player(plantedRace, settings);
  for (let run = 1; run <= RUNS; run++) {
    const { error } = await player.play(chooser, seedOfRun(1, run));
    const isLast = !chooser.runEnded();
    if (error instanceof PlantedError) return;
    if (isLast) break;
  }
  throw new ExplorationBrokenError(chooser.alias, player.plays);
}
