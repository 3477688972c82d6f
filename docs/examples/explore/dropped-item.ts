import assert from 'node:assert';
import { pause, shield, spawn } from '@escapement/core';
import type { Exploration } from '@escapement/explore';
import { Queue } from '@escapement/sync';
import { show } from './show.js';

/** Takes a moment, and can be cancelled in it. */
function* perform(job: string, done: string[]) {
  yield* pause();
  done.push(job);
}

// #region bug
/** A cancellation between `next` and the end of `perform` drops the job: it is in no queue any more, and not done. */
export function* broken(run: Exploration) {
  const { jobs, done } = yield* threeJobs(run);
  function* worker() {
    for (let next = yield* jobs.next(); !next.done; next = yield* jobs.next()) {
      yield* perform(next.value, done);
    }
  }
  run.mayCancel(yield* spawn(worker));
}
// #endregion bug

/** Whoever has taken a job finishes it: the cancellation comes at the next `next`. */
export function* fixed(run: Exploration) {
  const { jobs, done } = yield* threeJobs(run);
  function* worker() {
    for (let next = yield* jobs.next(); !next.done; next = yield* jobs.next()) {
      yield* shield(perform(next.value, done));
    }
  }
  run.mayCancel(yield* spawn(worker));
}

function* threeJobs(run: Exploration) {
  const jobs = new Queue<string>({ name: 'jobs' });
  const done: string[] = [];
  for (const job of ['wash', 'dry', 'fold']) yield* jobs.put(job);
  jobs.close();
  run.check(() => assert(done.length + jobs.size === 3, 'a job is lost'));
  return { jobs, done };
}

await show(import.meta.url, 'item dropped on cancel', broken, fixed);
