import { isOfCore } from '@escapement/core';
import type { Site } from '../trace.js';

const FRAME = /^\s+at /;
/** The frame that V8 shows between a coroutine and the function that resumes it. */
const RESUMPTION = /^\s+at .*\.(?:next|throw) \(<anonymous>\)$/;
const PLACE = /^\s+at (?:(.*) \()?(?:file:\/\/)?([^()]+:\d+:\d+)\)?$/;
/** Deeper stacks are cut off. */
export const MOST_FRAMES = 64;

/** The coroutines on a stack, the innermost first. Those of these packages are left out, unless there are no others. */
export function coroutinesOn(stack: unknown): Site[] {
  const coroutines = coroutineFramesOn(stack);
  const theirs = coroutines.filter(frame => !isOurs(frame));
  return (theirs.length > 0 ? theirs : coroutines).flatMap(frame => siteOf(frame) ?? []);
}

/** Those that are not of these packages. */
export function theirCoroutinesOn(stack: unknown): Site[] {
  return coroutineFramesOn(stack).flatMap(frame => (isOurs(frame) ? [] : (siteOf(frame) ?? [])));
}

function coroutineFramesOn(stack: unknown): string[] {
  const frames = framesOf(stack);
  const coroutines: string[] = [];
  for (const [place, frame] of frames.entries()) {
    if (RESUMPTION.test(frame)) continue;
    if (RESUMPTION.test(frames[place + 1] ?? '')) coroutines.push(frame);
    // The loop, which has resumed them. What is below is whoever called the loop.
    else if (coroutines.length > 0) break;
  }
  return coroutines;
}

/** The nearest function on a stack that is not of these packages. */
export function callerOn(stack: unknown): Site | undefined {
  const frames = framesOf(stack).filter(frame => PLACE.test(frame));
  return siteOf(frames.find(frame => !isOurs(frame)) ?? frames[0] ?? '');
}

function framesOf(stack: unknown): string[] {
  return typeof stack === 'string' ? stack.split('\n').filter(line => FRAME.test(line)) : [];
}

function siteOf(frame: string): Site | undefined {
  const [, called, where] = PLACE.exec(frame) ?? [];
  if (where === undefined) return undefined;
  const name = called?.replace(/^(?:Object|Generator)\.|\.(?:next|throw)$| \[as .*\]$/g, '');
  return { name: name || (where.match(/[^/\\]*(?=:\d+:\d+$)/)?.[0] ?? where), where };
}

function isOurs(frame: string): boolean {
  return isOfCore(frame) || frame.includes('/@escapement/');
}
