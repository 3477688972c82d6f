import { safely } from '../errors/describe.js';
import { isOfCore } from '../errors/own-files.js';
import { throwInto } from '../events/body-of.js';
import { isUnplaced, placeAt } from '../events/unplaced.js';
import type { Body } from './claim-coroutine.js';
import { throwPlaced } from './throw-placed.js';

const NOTHING = {};
/** What is thrown into a coroutine at this moment. */
let beingThrown: unknown = NOTHING;

/** @internal Throws `error` into `body`. If that throws, `unmasked` tells what it really failed with. */
export function raiseIn<T>(body: Body<T>, error: unknown, isGenerator: boolean): IteratorResult<unknown, T> {
  beingThrown = error;
  const step = isUnplaced(error)
    ? throwPlaced(body, error)
    : isGenerator
      ? throwInto<T>(body, error)
      : body.throw(error);
  beingThrown = NOTHING;
  return step;
}

/**
 * @internal What a coroutine has thrown; or, if a `yield*` of a list or another iterable without a `throw` stood between, what was
 * thrown into it: JavaScript throws a TypeError in its place, and a failure or a cancellation would be lost.
 */
export function unmasked(error: unknown): unknown {
  const thrown = beingThrown;
  beingThrown = NOTHING;
  if (thrown === NOTHING || error === thrown) return error;
  if (!safely(() => error instanceof TypeError && NO_THROW.test(error.message))) return error;
  if (isUnplaced(thrown)) placeAt(thrown, framesOf(error as TypeError));
  return thrown;
}

/** In V8, SpiderMonkey and JavaScriptCore. */
const NO_THROW = /'throw' method/;

/** Those above the loop's own. */
function framesOf({ stack }: TypeError): string[] {
  const frames = safely(() => stack!.split('\n').filter(line => /^\s+at /.test(line))) ?? [];
  const first = frames.findIndex(isOfCore);
  return first < 0 ? frames : frames.slice(0, first);
}
