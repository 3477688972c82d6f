import { workerData } from 'node:worker_threads';
import { Wakeup } from '@escapement/core';
import { lower, PollEvents, PollList } from '@escapement/posix';
import { park, serveAsHelper } from './helper-thread.js';
import { SharedPollList } from './shared-poll-list.js';
import type { SleepWatchData } from './sleep-watch.js';

/** In milliseconds: a heartbeat comes at least this often. It also bounds how long the thread outlives a killed owner. */
const LONGEST_WAIT = 1000;

const { control, wakeup: memory, list: sharedMemory, counter } = workerData as SleepWatchData;
const wakeup = new Wakeup(memory);
const shared = new SharedPollList(sharedMemory);
const list = new PollList();

serveAsHelper(control, () => {
  shared.readInto(list);
  const counterAt = list.add(counter, PollEvents.readable);
  const found = list.poll(LONGEST_WAIT);
  if (found === 0) return;
  // The list has changed, or the thread is to exit: `serveAsHelper` finds out which.
  if (list.foundAt(counterAt) !== 0) lower(counter);
  if (found === 1 && list.foundAt(counterAt) !== 0) return;
  // In this order: a loop that finds the thread working relies on a request to come.
  park(control);
  wakeup.request();
});
