import type { Site, TraceStep } from '../trace.js';
import { ownSite, shortPlace } from './place.js';
import { oneLine } from './text.js';

/** How a step began: `starts`, `line 12`, `cancelled at line 12`. */
export function beginning(step: TraceStep, main: string | undefined): string {
  const site = ownSite(step.resumedAt);
  const at = site === undefined ? undefined : shortPlace(site, main);
  if (step.cause === 'cancelled' || step.cause === 'refused') return at ? `${step.cause} at ${at}` : step.cause;
  return at ?? 'starts';
}

/** How it stopped: `ends`, `line 14: pause`, `line 14: queue.get()`. */
export function ending(step: TraceStep, main: string | undefined): string {
  if (step.waitsFor === undefined) return 'ends';
  const site = ownSite(step.stoppedAt);
  return (site === undefined ? '' : `${shortPlace(site, main)}: `) + oneLine(step.waitsFor);
}

/** Why its task was ready, in a sentence without its end: `was woken by step 3: queue.get()`. */
export function reason({ cause, wokenBy }: TraceStep): string {
  const by = wokenBy === undefined ? '' : ` by step ${wokenBy}`;
  switch (cause) {
    case 'spawned':
      return `was spawned${by}`;
    case 'paused':
      return 'had paused';
    case 'cancelled':
      return `was cancelled${by}`;
    case 'refused':
      return `was refused what it waits for${by}`;
    default:
      return wokenBy === undefined ? `${oneLine(cause)} is over` : `was woken${by}: ${oneLine(cause)}`;
  }
}

/** Whether its task was woken by the step of another. */
export function isMessage({ cause, wokenBy }: TraceStep): boolean {
  return wokenBy !== undefined && cause !== 'paused';
}

/** `0`, `12.5`: virtual milliseconds. */
export function time(step: TraceStep): string {
  return String(Number(step.at.toFixed(3)));
}

/** What stands above `whereabouts`. */
export function movement({ resumedAt, stoppedAt }: TraceStep): string {
  if (resumedAt.length > 0) return 'goes on at';
  return stoppedAt.length > 0 ? 'starts, up to' : 'starts and ends';
}

/** The coroutines in which a step goes on, the innermost first; of a task's first step, those in which it stops. */
export function whereabouts({ resumedAt, stoppedAt }: TraceStep): readonly Site[] {
  return resumedAt.length > 0 ? resumedAt : stoppedAt;
}
