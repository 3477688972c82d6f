import { describe } from '../errors/describe.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { checkProgram } from '../events/body-of.js';

/** @internal Before any of them is started. @throws InvalidArgumentError, NotACoroutineError */
export function checkList(caller: string, bodies: unknown): void {
  if (!Array.isArray(bodies)) throw notAList(caller, bodies, 'an array of programs');
  for (const body of bodies) checkProgram(caller, body);
}

/** @internal Before any of them is started. @throws InvalidArgumentError, NotACoroutineError */
export function checkListOrRecord(caller: string, bodies: unknown): void {
  if (!Array.isArray(bodies) && !isRecord(bodies)) {
    throw notAList(caller, bodies, 'an array or a plain object of programs');
  }
  for (const body of Object.values(bodies)) checkProgram(caller, body);
}

function isRecord(bodies: unknown): bodies is object {
  return Object.prototype.toString.call(bodies) === '[object Object]' && !(Symbol.iterator in (bodies as object));
}

function notAList(caller: string, given: unknown, expected: string): InvalidArgumentError {
  const fault = `${caller} got ${describe(given)}, expected ${expected}. Write ${caller}([a, b]); of another iterable ${caller}([...them]).`;
  return new InvalidArgumentError('ESC_NOT_A_LIST', fault);
}

/** @internal @throws InvalidArgumentError */
export function checkContestants(caller: string, bodies: unknown): void {
  checkList(caller, bodies);
  if ((bodies as readonly unknown[]).length > 0) return;
  const fault = `${caller} got no programs, expected one at least: it would never end. Leave it out where there are none.`;
  throw new InvalidArgumentError('ESC_NO_CONTESTANTS', fault);
}
