import { workerData } from 'node:worker_threads';
import { Wakeup } from '@escapement/core';
import { raise } from '@escapement/posix';
import { park, serveAsHelper } from './helper-thread.js';
import type { WakeupRelayData } from './wakeup-relay.js';

/** In milliseconds, for the heartbeat; see `sleep-watch-thread`. */
const LONGEST_WAIT = 1000;

const { control, wakeup: memory, counter } = workerData as WakeupRelayData;
const wakeup = new Wakeup(memory);

serveAsHelper(control, () => {
  Atomics.wait(wakeup.word, 0, 0, LONGEST_WAIT);
  if (!wakeup.requested) return;
  // In this order: when `WakeupRelay.begin` finds the thread parked, the counter is raised already, and `begin` lowers it.
  raise(counter);
  park(control);
});
