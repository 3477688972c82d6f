import { InvalidArgumentError } from 'commander';

/** Reads a count from the command line. @throws InvalidArgumentError */
export function positive(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('expected a whole number above 0');
}
