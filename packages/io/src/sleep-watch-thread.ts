import { workerData } from 'node:worker_threads';
import { Wakeup } from '@escapement/core';
import { lower, PollEvents, PollList } from '@escapement/posix';
import { park, serveAsHelper } from './helper-thread.js';
import { SharedPollList } from './shared-poll-list.js';
import type { SleepWatchData } from './sleep-watch.js';

/** A sign of life at least this often, in milliseconds. It also bounds how long a thread whose owner was killed stays. */
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
  // The list has changed, or it is time to leave: look again.
  if (list.foundAt(counterAt) !== 0) lower(counter);
  if (found === 1 && list.foundAt(counterAt) !== 0) return;
  // In this order: a loop that finds the thread at work relies on a request that is still to come.
  park(control);
  wakeup.request();
});
