import { InvalidArgumentError } from '@escapement/core';
import type { Writing } from './byte-stream.js';
import { encodeIntoScratch } from './text.js';

const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;
/** Also of another realm, unlike `instanceof`. */
const tagOf = Object.getOwnPropertyDescriptor(typedArray, Symbol.toStringTag)!.get as (this: unknown) => unknown;
const lengthOf = Object.getOwnPropertyDescriptor(typedArray, 'byteLength')!.get as (this: Uint8Array) => number;

/** @internal The pieces of what a program writes, without empty ones. @throws InvalidArgumentError */
export function piecesOf(data: Writing): readonly Uint8Array[] {
  if (typeof data === 'string') return withoutEmpty([encodeIntoScratch(data)]);
  if (isBytes(data)) return withoutEmpty([data]);
  if (!isArray(data)) throw notBytes(nameOf(data));
  for (const piece of data) if (!isBytes(piece)) throw notBytes(`an array with ${nameOf(piece)} in it`);
  return withoutEmpty(data);
}

/** @internal */
export function isBytes(value: unknown): value is Uint8Array {
  return tagOf.call(value) === 'Uint8Array';
}

/** @internal The most pieces of one `send`: with all of them in each, a write would take the square of their number. */
export const MOST_PIECES = 1024;

/** @internal */
export function batchOf(pieces: readonly Uint8Array[], start: number): readonly Uint8Array[] {
  return pieces.length <= MOST_PIECES ? pieces : pieces.slice(start, start + MOST_PIECES);
}

/** @internal What is left of the pieces after the first `count` bytes. @throws InvalidArgumentError */
export function without(pieces: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  if (!Number.isInteger(count) || count < 0) throw badCount(count);
  let left = count;
  for (let index = 0; index < pieces.length; index++) {
    const length = lengthOf.call(pieces[index]!);
    if (length > left) return [pieces[index]!.subarray(left), ...pieces.slice(index + 1)];
    left -= length;
  }
  if (left > 0) throw badCount(count);
  return [];
}

/** @internal Checks pieces after a wait: their memory may be gone, and a stream would wait for ever to send no bytes. */
export function checkStillThere(pieces: readonly Uint8Array[]): void {
  withoutEmpty(pieces);
}

function withoutEmpty(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  return pieces.filter(piece => {
    if (lengthOf.call(piece) > 0) return true;
    if (isGone(piece)) throw notBytes('bytes whose memory was transferred to another thread, or has shrunk');
    return false;
  });
}

/** A detached array looks like an empty one. */
function isGone(bytes: Uint8Array): boolean {
  try {
    typedArray.at.call(bytes, 0);
    return false;
  } catch {
    return true;
  }
}

function isArray(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    // A revoked proxy.
    return false;
  }
}

function notBytes(given: string): InvalidArgumentError {
  return new InvalidArgumentError(
    'ESC_NOT_BYTES',
    `write got ${given}, expected a Uint8Array, an array of them, or a string. Of an object write JSON.stringify(...); of another view new Uint8Array(view.buffer, view.byteOffset, view.byteLength).`,
  );
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  const tag = tagOf.call(value);
  return typeof tag === 'string' ? `a view of type ${tag}` : typeof value;
}

function badCount(count: unknown): InvalidArgumentError {
  return new InvalidArgumentError(
    'ESC_INVALID_STREAM',
    `send returned ${typeof count === 'number' ? count : typeof count}, expected how many bytes of the pieces it has sent: a whole number from 0 to the sum of their lengths.`,
  );
}
