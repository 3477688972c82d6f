import type { RunFaults } from './run-outcome.js';

/** The steps of a run; each promise is one of the strategy's, during which the host runs. */
type Drive = Generator<Promise<void>, unknown, void>;

/**
 * @internal Resolves when the run is over. Without its value: if that is a promise, only the caller of `run` may wait for it, or it
 * would count as unhandled here.
 */
export async function followRun(drive: Drive): Promise<void> {
  let step = drive.next();
  while (!step.done) {
    try {
      await step.value;
    } catch (error) {
      step = drive.throw(error);
      continue;
    }
    step = drive.next();
  }
}

/**
 * @internal Begins later, so that host code gets its task even if the strategy keeps the thread. If no task that is awaited has its
 * faults, they become an unhandled rejection.
 */
export async function followLater(drive: Drive, faults: RunFaults): Promise<void> {
  // `await task` calls `then` one microtask later. If the run ends at once, it is known by then who awaits what.
  await undefined;
  await undefined;
  await followRun(drive).catch(error => {
    if (!faults.areObserved) throw error;
  });
}
