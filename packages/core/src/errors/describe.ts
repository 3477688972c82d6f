/** @internal The method whose text `console.log` of Node and others shows instead of the fields. */
export const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;

/** The most characters that a message shows of one value. */
const MOST_SHOWN = 300;

/**
 * A short description of any value, for the messages of errors: at most about 300 characters. Never throws, even if looking
 * at the value does, as with a revoked proxy.
 *
 * @example throw new InvalidArgumentError('ESC_INVALID_SIZE', `Pool got ${describe(size)}, expected a number.`);
 */
export function describe(value: unknown): string {
  const shown = safely(() => describeUnguarded(value));
  return shown === undefined ? `a value of type ${typeof value} that cannot be described` : shorten(shown);
}

function describeUnguarded(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(shorten(value));
  if (typeof value === 'function') return describeFunction(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const tag = tagOf(value);
  if (tag === 'Error' || value instanceof Error) return describeError(value as Error);
  if (tag === 'Generator') return 'a coroutine';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  // The text of an array of bytes would have each of them.
  const text = ArrayBuffer.isView(value) ? undefined : safely(() => String(value));
  if (text !== undefined && !PLAIN.test(text)) return text;
  return isThenable(value) ? 'a promise' : `an object of class ${classNameOf(value)}`;
}

/** What `Object.prototype.toString` returns. */
const PLAIN = /^\[object .*\]$/;

function describeError({ message, name }: Error): string {
  return typeof message === 'string' && message !== '' ? message : String(name);
}

function describeFunction(fn: object): string {
  return `${GENERATOR_KINDS[tagOf(fn)] ?? (isClass(fn) ? 'the class' : 'the function')} ${nameOf(fn, '(anonymous)')}`;
}

const GENERATOR_KINDS: Readonly<Record<string, string>> = {
  GeneratorFunction: 'the generator function',
  AsyncFunction: 'the async function',
  AsyncGeneratorFunction: 'the async generator function',
};

/**
 * What `look` returns; undefined if it throws. For a look at a value that is not yours: a getter may throw, and a proxy anywhere.
 * @example const length = safely(() => given.length);
 */
export function safely<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

/** @internal The text, or its beginning and how much is left out. */
export function shorten(text: string, most = MOST_SHOWN): string {
  if (text.length <= most) return text;
  // A copy: what `slice` returns keeps the whole text in memory, as long as it is kept itself.
  const beginning = Array.from({ length: most }, (_, at) => text[at]).join('');
  return `${beginning}... (${text.length - most} more characters)`;
}

/** The name of a function or a class; `otherwise` if it has none. Never throws: see `safely`. */
export function nameOf(fn: unknown, otherwise: string): string {
  const name = safely(() => (fn as { name?: unknown }).name);
  return typeof name === 'string' && name !== '' ? shorten(name, 100) : otherwise;
}

/** The name of an object's class. Never throws: see `safely`. */
export function classNameOf(value: object): string {
  return nameOf(
    safely(() => value.constructor),
    'null',
  );
}

/** @internal A name that a user gave, as messages show it: they may be of JavaScript, and no strings. */
export function shownName(name: unknown): string {
  return typeof name === 'string' ? shorten(name, 100) : describe(name);
}

/** What kind of object it is, without trust in its class; never throws: see `safely`. `Error` for an error of any realm, `Generator`, `GeneratorFunction`, ...; of a proxy, `Object` or `Function`. */
export function tagOf(value: unknown): string {
  return safely(() => Object.prototype.toString.call(value).slice('[object '.length, -1)) ?? '';
}

/** @internal The prototype of a class cannot be replaced. Reading its source text would take four times as long. */
export function isClass(value: object): boolean {
  return safely(() => Object.getOwnPropertyDescriptor(value, 'prototype'))?.writable === false;
}

/** Whether it is a promise, or an object with a method `then`. Never throws: see `safely`. */
export function isThenable(value: unknown): boolean {
  return safely(() => typeof (value as { then?: unknown } | null | undefined)?.then === 'function') ?? false;
}

/** Whether a value of any kind has the property, like `Symbol.asyncIterator`. Never throws: see `safely`. */
export function has(value: unknown, key: PropertyKey): boolean {
  return typeof value === 'object' && value !== null && (safely(() => key in value) ?? false);
}
