import { readFileSync } from 'node:fs';
import type { Duration } from 'escapement';

/** The unit of /proc: on Linux a tick is 10 ms on every machine. */
const MS_PER_TICK = 10;
const PAGE_SIZE = 4096;

/** The processor time of a process so far, of all its threads, in steps of 10 ms. */
export function processorTimeOf(pid: number): Duration {
  return processorTimeIn(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

/** Parses a line of /proc/PID/stat. The process name in it may contain spaces and parentheses. */
export function processorTimeIn(stat: string): Duration {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

/** The memory of a process, in bytes. */
export function residentBytesOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_SIZE;
}
