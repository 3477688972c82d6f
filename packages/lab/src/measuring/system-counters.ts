import type { Duration } from 'escapement';
import { systemFile } from '../results/system-file.js';
import { runQueueReader } from './run-queue-reader.js';

/** What Linux counts about this thread and this machine; null where it does not tell. */
export interface SystemCounters {
  /** How long this thread was ready and had no core, in milliseconds. */
  readonly runQueue: Duration | null;
  /** How long a hypervisor ran something else, over all cores, in milliseconds. */
  readonly steal: Duration | null;
  /** How long the control group was out of its share, in milliseconds. */
  readonly throttled: Duration | null;
}

const readRunQueue = runQueueReader();

/** Reads them, on the thread that loaded this file: some 50 us. */
export function readSystemCounters(): SystemCounters {
  return { runQueue: readRunQueue(), steal: steal(), throttled: throttled() };
}

/** In hundredths of a second, whatever the kernel's own tick is. */
function steal(): Duration | null {
  const ticks = systemFile('/proc/stat')?.match(/^cpu +(?:\d+ ){7}(\d+)/)?.[1];
  return ticks === undefined ? null : Number(ticks) * 10;
}

function throttled(): Duration | null {
  const time = groupStatistics()?.match(/^throttled_usec (\d+)$/m)?.[1];
  return time === undefined ? null : Number(time) / 1000;
}

/** In a container, the path that the process sees may be that of the host; then the root is the container's own. */
function groupStatistics(): string | null {
  return systemFile(`/sys/fs/cgroup${GROUP}/cpu.stat`) ?? systemFile('/sys/fs/cgroup/cpu.stat');
}

const GROUP = systemFile('/proc/self/cgroup')?.match(/^0::(.*)$/m)?.[1] ?? '';
