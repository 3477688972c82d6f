import { workerData } from 'node:worker_threads';
import { Wakeup } from '@escapement/core';
import { raise } from '@escapement/posix';
import { park, serveAsHelper } from './helper-thread.js';
import type { WakeupBellData } from './wakeup-bell.js';

/** In milliseconds; see `sleep-watch-thread`. */
const LONGEST_WAIT = 1000;

const { control, wakeup: memory, counter } = workerData as WakeupBellData;
const wakeup = new Wakeup(memory);

serveAsHelper(control, () => {
  Atomics.wait(wakeup.word, 0, 0, LONGEST_WAIT);
  if (!wakeup.requested) return;
  // In this order: a counter that is raised while the thread is at work is lowered once it is parked.
  raise(counter);
  park(control);
});
