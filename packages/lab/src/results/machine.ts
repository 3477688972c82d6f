import os from 'node:os';
import { clockCost, spinFloor } from './clock.js';
import { systemFile } from './system-file.js';

/** The machine that figures were measured on; they do not hold for any other. What the system does not tell is null. */
export interface Machine {
  /** The version of Node with its `v`, or the browser. */
  readonly node: string;
  /** The model, as the system names it. */
  readonly cpu: string;
  /** How many the process may use; the machine may have more. */
  readonly cores: number;
  /** `Linux 6.8.0 x64` */
  readonly os: string;
  /** How many threads ran or were ready, on average over the last minute, when the run began. */
  readonly load: number | null;
  /** `'SCHED_OTHER'`, `'SCHED_FIFO'`, ... */
  readonly schedulingClass: string | null;
  /** By how many nanoseconds the system may delay the thread's timers. */
  readonly timerSlackNs: number | null;
  /** What decides the speed of the cores: `'performance'`, `'powersave'`, ... */
  readonly governor: string | null;
  /** How many cores the control group may use; null: no limit, or not told. */
  readonly coreLimit: number | null;
  /** What one reading of the clock takes, in nanoseconds: the median. */
  readonly clockNs: number | null;
  /** How late a spin by hand on that clock is, in microseconds: no row can be better. The median. */
  readonly floorUs: number | null;
}

/** Asks Node and the system what this machine is. Takes about 20 ms, in which it measures the clock. */
export function describeMachine(): Machine {
  return {
    node: process.version,
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown CPU',
    cores: os.availableParallelism(),
    os: `${os.type()} ${os.release()} ${os.arch()}`,
    load: process.platform === 'win32' ? null : Number(os.loadavg()[0]!.toFixed(2)),
    schedulingClass: schedulingClass(),
    timerSlackNs: numberIn('/proc/self/timerslack_ns'),
    governor: systemFile('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor'),
    coreLimit: coreLimit(),
    clockNs: clockCost(),
    floorUs: spinFloor(),
  };
}

const CLASSES = ['SCHED_OTHER', 'SCHED_FIFO', 'SCHED_RR', 'SCHED_BATCH', undefined, 'SCHED_IDLE', 'SCHED_DEADLINE'];

/** Field 41 of `/proc/self/stat`; field 2, a name in parentheses, may hold anything. */
function schedulingClass(): string | null {
  const fields = systemFile('/proc/self/stat')?.split(') ').at(-1)?.split(' ');
  return CLASSES[Number(fields?.[38])] ?? null;
}

/** `'max 100000'` or `'150000 100000'`: the quota and its period. */
function coreLimit(): number | null {
  const [quota, period] = systemFile('/sys/fs/cgroup/cpu.max')?.split(' ').map(Number) ?? [];
  return quota && period ? quota / period : null;
}

function numberIn(path: string): number | null {
  const text = systemFile(path);
  return text === null || text === '' || Number.isNaN(Number(text)) ? null : Number(text);
}
