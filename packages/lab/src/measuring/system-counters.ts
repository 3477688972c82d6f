import { readFileSync } from 'node:fs';
import type { Duration } from 'escapement';

/** What Linux counts about this thread and this machine; null where it does not tell. */
export interface SystemCounters {
  /** How long this thread was ready and had no core, in milliseconds. */
  readonly runQueue: Duration | null;
  /** How long a hypervisor ran something else, over all cores, in milliseconds. */
  readonly steal: Duration | null;
  /** How long the control group was out of its share, in milliseconds. */
  readonly throttled: Duration | null;
}

/** Reads them: some 50 us. */
export function readSystemCounters(): SystemCounters {
  return { runQueue: runQueue(), steal: steal(), throttled: throttled() };
}

/** How long this thread was ready and had no core; null where the system does not tell. About 10 us. */
export function runQueue(): Duration | null {
  const wait = textIn('/proc/thread-self/schedstat')?.split(' ')[1];
  return wait === undefined ? null : Number(wait) / 1e6;
}

/** In hundredths of a second, whatever the kernel's own tick is. */
function steal(): Duration | null {
  const ticks = textIn('/proc/stat')?.match(/^cpu +(?:\d+ ){7}(\d+)/)?.[1];
  return ticks === undefined ? null : Number(ticks) * 10;
}

function throttled(): Duration | null {
  const time = groupStatistics()?.match(/^throttled_usec (\d+)$/m)?.[1];
  return time === undefined ? null : Number(time) / 1000;
}

/** In a container, the path that the process sees may be that of the host; then the root is the container's own. */
function groupStatistics(): string | undefined {
  return textIn(`/sys/fs/cgroup${GROUP}/cpu.stat`) ?? textIn('/sys/fs/cgroup/cpu.stat');
}

const GROUP = textIn('/proc/self/cgroup')?.match(/^0::(.*)$/m)?.[1] ?? '';

function textIn(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
