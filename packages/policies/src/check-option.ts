import { checkArgument } from '@escapement/core';

/** @throws InvalidArgumentError if `options` is no object */
export function checkOptions<T extends object>(caller: string, options: T, example: string): T {
  return checkArgument(caller, options, 'object', `an object of options, like ${example}`);
}
