import { InvalidArgumentError } from '@escapement/core';

/** The fields that an options object may have, and the type of each; `any`: checked elsewhere. */
type Fields = Readonly<Record<string, 'any' | 'boolean' | 'number' | 'function'>>;

/**
 * @internal Checks an options object, also for fields that do not exist: a misspelt `prot` would listen on any free port.
 * @throws InvalidArgumentError
 */
export function checkOptions(caller: string, given: object, fields: Fields): void {
  const names = Object.keys(fields);
  if (typeof given !== 'object' || !isReadable(given) || Array.isArray(given)) {
    throw invalid(`${caller} got ${shown(given)} as its options, expected an object such as { ${names[0]}: … }.`);
  }
  for (const [name, value] of Object.entries(given)) {
    const type = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (type === undefined) {
      throw invalid(`${caller} got an option ${name}, which it does not have, expected ${names.join(', ')}.`);
    }
    if (type !== 'any' && value !== undefined && typeof value !== type) {
      throw invalid(`${caller} got ${shown(value)} as its option ${name}, expected a ${type}.`);
    }
  }
}

/** @internal Whether it is an object whose properties can be read: a revoked proxy is none. */
export function isReadable(given: unknown): boolean {
  try {
    return typeof given === 'object' && given !== null && typeof Reflect.has(given, '') === 'boolean';
  } catch {
    return false;
  }
}

/** @internal @throws InvalidArgumentError */
export function checkOption(caller: string, name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw invalid(
    `${caller} got ${shown(value)} as its option ${name}, expected a whole number from ${least} to ${most}.`,
  );
}

/** @internal */
export function invalid(fault: string): InvalidArgumentError {
  return new InvalidArgumentError('ESC_INVALID_OPTION', fault);
}

/** @internal Runs no code of the value. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `the string '${value.slice(0, 100)}'`;
  if (value === null || typeof value === 'number' || typeof value === 'boolean' || value === undefined) {
    return String(value);
  }
  return `a value of type ${typeof value}`;
}
