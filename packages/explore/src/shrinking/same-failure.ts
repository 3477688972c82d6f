import { describe, safely } from '@escapement/core';
import type { Played } from '../player.js';

/** Says whether a run failed in the same way: names and codes are the same, messages but for their numbers. */
export function isSameFailure(error: unknown): (played: Played) => boolean {
  const expected = keyOf(error);
  return played => played.hasFailed && keyOf(played.error) === expected;
}

function keyOf(error: unknown): string {
  const [name, code] = ['name', 'code'].map(key => safely(() => (error as Record<string, unknown>)[key]));
  const [line = ''] = describe(error).split('\n');
  return [describe(name), describe(code), line.replace(/\d+(?:\.\d+)?/g, '#')].join(' ');
}
