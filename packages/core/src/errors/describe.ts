/** @internal A short description of any value, for error messages. Never throws, even if the value's `toString` does. */
export function describe(value: unknown): string {
  try {
    return describeUnguarded(value);
  } catch {
    return `a value of type ${typeof value} that cannot be described`;
  }
}

function describeUnguarded(value: unknown): string {
  if (value instanceof Error) return String(value.message);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') {
    const kind = value.constructor?.name ?? 'Function';
    const what = GENERATOR_KINDS[kind] ?? (isClass(value) ? 'the class' : 'the function');
    return `${what} ${value.name || '(anonymous)'}`;
  }
  if (isGenerator(value)) return 'a coroutine';
  if (isThenable(value)) return 'a promise';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value !== 'object' || value === null) return String(value);
  const saysMore = typeof value.toString === 'function' && value.toString !== Object.prototype.toString;
  return saysMore ? String(value) : `an object of class ${value.constructor?.name ?? 'null'}`;
}

const GENERATOR_KINDS: Readonly<Record<string, string>> = {
  GeneratorFunction: 'the generator function',
  AsyncFunction: 'the async function',
  AsyncGeneratorFunction: 'the async generator function',
};

/** @internal The prototype of a class cannot be replaced. Reading its source text would take four times as long. */
export function isClass(value: object): boolean {
  return Object.getOwnPropertyDescriptor(value, 'prototype')?.writable === false;
}

/** @internal */
export function isGenerator(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Generator]';
}

/** @internal */
export function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
