import { describe, has, safely, tagOf } from '../errors/describe.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { checkProgram } from '../events/body-of.js';

/** @internal Checks all programs, before any of them starts. @throws InvalidArgumentError, NotACoroutineError */
export function checkBodies(caller: string, bodies: unknown, form: 'list' | 'list or record'): void {
  if (!isList(bodies) && (form === 'list' || !isRecord(bodies))) {
    const expected = form === 'list' ? 'an array of programs' : 'an array or a plain object of programs';
    const fault = `${caller} got ${describe(bodies)}, expected ${expected}. Write ${caller}([a, b]); for another iterable ${caller}([...items]).`;
    throw new InvalidArgumentError('ESC_NOT_A_LIST', fault);
  }
  for (const body of Object.values(bodies as object)) checkProgram(caller, body);
}

function isList(bodies: unknown): boolean {
  return safely(() => Array.isArray(bodies)) ?? false;
}

function isRecord(bodies: unknown): boolean {
  return tagOf(bodies) === 'Object' && !has(bodies, Symbol.iterator);
}

/** @internal Like `checkBodies`, and refuses an empty list. @throws InvalidArgumentError, NotACoroutineError */
export function checkContestants(caller: string, bodies: readonly unknown[]): void {
  checkBodies(caller, bodies, 'list');
  if (bodies.length > 0) return;
  const fault = `${caller} got an empty list, expected at least one program: without any it would never end. Skip the call if there are none.`;
  throw new InvalidArgumentError('ESC_NO_CONTESTANTS', fault);
}
