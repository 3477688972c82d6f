import { checkProgram, describe, InvalidArgumentError, safely, tagOf } from '@escapement/core';
import type { AnyBody } from './bodies.js';

/**
 * @internal The programs of a list or a record, each checked before any of them starts.
 * @throws InvalidArgumentError, NotACoroutineError
 */
export function checkBodies(caller: string, bodies: unknown, form: 'list' | 'list or record'): readonly AnyBody[] {
  const list = listOf(bodies, form);
  if (list === undefined) {
    const expected = form === 'list' ? 'an array of programs' : 'an array or a plain object of programs';
    const fault = `${caller} got ${describe(bodies)}, expected ${expected}. Write ${caller}([a, b]); for another iterable ${caller}([...items]).`;
    throw new InvalidArgumentError('ESC_NOT_A_LIST', fault);
  }
  for (const body of list) checkProgram(caller, body);
  return list;
}

/** A copy: what was checked is what runs. It has the holes of a sparse array, too, which are no programs. */
function listOf(bodies: unknown, form: 'list' | 'list or record'): readonly AnyBody[] | undefined {
  return safely(() => {
    if (Array.isArray(bodies)) return [...bodies];
    return form !== 'list' && isRecord(bodies) ? Object.values(bodies as Record<string, AnyBody>) : undefined;
  });
}

/** @internal Whether it is an object with keys, and no iterable, which may be a program itself. Throws for a revoked proxy. */
export function isRecord(given: unknown): boolean {
  if (typeof given !== 'object' || given === null) return false;
  // The prototype first, because `select` asks for each wait, and `tagOf` takes longer.
  const isPlain = Object.getPrototypeOf(given) === Object.prototype || tagOf(given) === 'Object';
  return isPlain && !(Symbol.iterator in given);
}

/** @internal Like `checkBodies` for a list, and refuses an empty one. @throws InvalidArgumentError, NotACoroutineError */
export function checkContestants(caller: string, bodies: unknown): readonly AnyBody[] {
  const list = checkBodies(caller, bodies, 'list');
  if (list.length > 0) return list;
  const fault = `${caller} got an empty list, expected at least one program: without any it would never end. Skip the call if there are none.`;
  throw new InvalidArgumentError('ESC_NO_CONTESTANTS', fault);
}
