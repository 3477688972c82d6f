import { describe, has, safely, tagOf } from '../errors/describe.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { checkProgram } from '../events/body-of.js';
import type { AnyBody } from './all.js';

/**
 * @internal The programs of a list or a record, each checked before any of them starts.
 * @throws InvalidArgumentError, NotACoroutineError
 */
export function checkBodies(caller: string, bodies: unknown, form: 'list' | 'list or record'): readonly AnyBody[] {
  if (!isList(bodies) && (form === 'list' || !isRecord(bodies))) {
    const expected = form === 'list' ? 'an array of programs' : 'an array or a plain object of programs';
    const fault = `${caller} got ${describe(bodies)}, expected ${expected}. Write ${caller}([a, b]); for another iterable ${caller}([...items]).`;
    throw new InvalidArgumentError('ESC_NOT_A_LIST', fault);
  }
  // Read once: what was checked is what runs. `Array.from` also gives the holes of a sparse array, which are refused.
  const list: readonly AnyBody[] = isList(bodies) ? Array.from(bodies) : Object.values(bodies as object);
  for (const body of list) checkProgram(caller, body);
  return list;
}

function isList(bodies: unknown): bodies is readonly AnyBody[] {
  return safely(() => Array.isArray(bodies)) ?? false;
}

function isRecord(bodies: unknown): boolean {
  return tagOf(bodies) === 'Object' && !has(bodies, Symbol.iterator);
}

/** @internal Like `checkBodies` for a list, and refuses an empty one. @throws InvalidArgumentError, NotACoroutineError */
export function checkContestants(caller: string, bodies: unknown): readonly AnyBody[] {
  const list = checkBodies(caller, bodies, 'list');
  if (list.length > 0) return list;
  const fault = `${caller} got an empty list, expected at least one program: without any it would never end. Skip the call if there are none.`;
  throw new InvalidArgumentError('ESC_NO_CONTESTANTS', fault);
}
