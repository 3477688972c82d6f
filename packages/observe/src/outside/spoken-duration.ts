import type { Duration } from '@escapement/core';

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** `0.3 ms`, `340 ms`, `12.3 s`, `3 min 12 s`, `5 h 3 min`: as much as a reader needs. */
export function spoken(duration: Duration): string {
  if (duration < 9.95) return `${duration.toFixed(1)} ms`;
  if (duration < 999.5) return `${Math.round(duration)} ms`;
  if (duration < 59_950) return `${(duration / 1000).toFixed(1)} s`;
  // What rounds to a minute is one.
  const whole = Math.max(duration, 60_000);
  const index = UNITS.findIndex(([, length]) => whole >= length);
  const [[unit, length], [part, partLength]] = [UNITS[index]!, UNITS[index + 1]!];
  const parts = Math.floor((whole % length) / partLength);
  return `${Math.floor(whole / length)} ${unit}${parts === 0 ? '' : ` ${parts} ${part}`}`;
}
