import { openSync, readSync } from 'node:fs';
import type { Duration } from 'escapement';

/**
 * Makes a function that tells for how many milliseconds the calling thread has been ready without a core, since it started; null
 * where the system does not tell. The file stays open, so that a reading takes some 4 us and not 20.
 */
export function runQueueReader(): () => Duration | null {
  const file = openQuietly('/proc/thread-self/schedstat');
  if (file === undefined) return () => null;
  const buffer = Buffer.alloc(64);
  return () => {
    const length = readSync(file, buffer, 0, buffer.length, 0);
    return Number(buffer.toString('latin1', 0, length).split(' ')[1]) / 1e6;
  };
}

function openQuietly(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}
