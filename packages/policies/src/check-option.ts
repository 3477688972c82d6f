import { checkArgument, describe, InvalidArgumentError } from '@escapement/core';

/** @throws InvalidArgumentError if `options` is no object */
export function checkOptions<T extends object>(caller: string, options: T, example: string): T {
  return checkArgument(caller, options, 'object', `an object of options, like ${example}`);
}

/** @throws InvalidArgumentError unless `given` is a number for which `isValid` */
export function checkNumber(
  caller: string,
  option: string,
  given: number,
  isValid: (given: number) => boolean,
  expected: string,
): number {
  if (typeof given === 'number' && isValid(given)) return given;
  const fault = `${caller} got ${describe(given)} for \`${option}\`, expected ${expected}.`;
  throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
}
