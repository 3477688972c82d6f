import { describe, safely } from '@escapement/core';

/** Whether two values have the same contents, as far as a program sees them: those of their enumerable properties, maps and sets. */
export function haveSameContents(one: unknown, other: unknown): boolean {
  return compare(one, other, new Map());
}

function compare(one: unknown, other: unknown, seen: Map<object, object>): boolean {
  if (Object.is(one, other)) return true;
  if (!isObject(one) || !isObject(other)) return false;
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false;
  // In a circle: what it has is compared further up.
  if (seen.get(one) === other) return true;
  seen.set(one, other);
  const [ours, theirs] = [contentsOf(one), contentsOf(other)];
  return ours.length === theirs.length && ours.every((each, index) => compare(each, theirs[index], seen));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** A flat list: of a map its keys and values, of an error also what is not enumerable. */
function contentsOf(value: object): readonly unknown[] {
  const properties = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  const inner: unknown[] = [];
  if (value instanceof Map || value instanceof Set) inner.push(...value.entries());
  if (value instanceof Date) inner.push(value.getTime());
  if (value instanceof Error) inner.push(value.message);
  return [...inner, ...properties].flat();
}

const MOST_SHOWN = 200;

/** As `describe`, with what a plain object or an array holds. */
export function shown(value: unknown): string {
  const isPlain = Array.isArray(value) || (isObject(value) && Object.getPrototypeOf(value) === Object.prototype);
  const text = isPlain ? safely(() => JSON.stringify(value)) : undefined;
  if (text === undefined) return describe(value);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}...` : text;
}
