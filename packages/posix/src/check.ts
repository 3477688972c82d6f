import { isArrayBuffer, isDataView, isProxy, isSharedArrayBuffer, isUint8Array } from 'node:util/types';

/**
 * A function of this package got something that the system cannot use: a number that is not whole or out of range, or something
 * that is not bytes. The system was not called: it would have taken `NaN` for 0, which is stdin, and a number of more than 32
 * bits for what is left of it.
 */
export class InvalidCallError extends TypeError {
  readonly code = 'ESC_INVALID_CALL';

  override get name(): string {
    return 'InvalidCallError';
  }

  /**
   * @internal
   * @param what the argument: `the descriptor`
   */
  constructor(call: string, what: string, given: unknown, expected: string) {
    super(`${call} got ${shown(given)} as ${what}, expected ${expected}`);
  }
}

/** @internal The largest `int` of the system. */
export const LARGEST_INT = 2 ** 31 - 1;

/** @internal @throws InvalidCallError */
export function checkDescriptor(call: string, fd: number): void {
  if (typeof fd === 'number' && (fd | 0) === fd && fd >= 0) return;
  throw new InvalidCallError(
    call,
    'the descriptor',
    fd,
    `a whole number from 0 to ${LARGEST_INT}. Pass what open, pipe, socket or accept has returned; -1 means WOULD_BLOCK, or that an endpoint is closed.`,
  );
}

/** @internal @throws InvalidCallError */
export function checkWhole(call: string, what: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new InvalidCallError(call, what, value, `a whole number from ${least} to ${most}.`);
}

/** @internal Events are 32 bits; with the highest of them a bitwise operation makes a negative number. @throws InvalidCallError */
export function checkEvents(call: string, events: number, bits: 16 | 32): void {
  const largest = 2 ** bits - 1;
  if (Number.isInteger(events) && events >= (bits === 32 ? -(2 ** 31) : 0) && events <= largest) return;
  throw new InvalidCallError(call, 'the events', events, `a sum of bits from 0 to ${largest}; see PollEvents.`);
}

/** @internal @param known an object whose keys are allowed @throws InvalidCallError */
export function checkName(call: string, what: string, name: string, known: object): void {
  if (typeof name === 'string' && Object.hasOwn(known, name)) return;
  throw new InvalidCallError(call, what, name, `one of ${Object.keys(known).join(', ')}.`);
}

/** @internal @throws InvalidCallError */
export function checkFunction(call: string, what: string, given: unknown): void {
  if (typeof given !== 'function') throw new InvalidCallError(call, what, given, 'a function.');
}

/** @internal @throws InvalidCallError */
export function checkList(call: string, what: string, given: unknown, expected: string): void {
  // Of a revoked proxy one cannot ask whether it is an array.
  if (isProxy(given) || !Array.isArray(given)) throw new InvalidCallError(call, what, given, expected);
}

/** @internal @throws InvalidCallError */
export function checkPath(call: string, path: string): void {
  if (typeof path !== 'string') {
    throw new InvalidCallError(call, 'the path', path, 'a string. Of a URL pass fileURLToPath(url).');
  }
  if (hasLoneSurrogate(path)) {
    throw new InvalidCallError(
      call,
      'the path',
      path,
      'well-formed text. UTF-8 has no bytes for half a surrogate pair.',
    );
  }
}

/** @internal Encoded as UTF-8 it would become another character, and name another file. */
export function hasLoneSurrogate(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;
/** An own property `byteLength` or `length` could let the system read, or write, beyond the bytes. */
const sizeOf = Object.getOwnPropertyDescriptor(typedArray, 'byteLength')!.get as (this: Uint8Array) => number;
const typedArrayName = Object.getOwnPropertyDescriptor(typedArray, Symbol.toStringTag)!.get as (
  this: unknown,
) => string | undefined;

/**
 * @internal
 * @returns how many bytes there are
 * @throws InvalidCallError also for bytes whose memory is gone: a read of no bytes would look like the end
 */
export function sizeOfBytes(call: string, bytes: Uint8Array): number {
  if (!isUint8Array(bytes)) {
    throw new InvalidCallError(
      call,
      'bytes',
      bytes,
      'a Uint8Array or a Buffer. Make one of a view: new Uint8Array(view.buffer, view.byteOffset, view.byteLength); of a text: Buffer.from(text).',
    );
  }
  const size = sizeOf.call(bytes);
  if (size === 0 && isGone(bytes)) {
    throw new InvalidCallError(
      call,
      'bytes',
      bytes,
      'one whose memory is still there: it was transferred to another thread, or shrunk. Pass a copy.',
    );
  }
  return size;
}

/** Whether the buffer was detached, or shrunk below its view. */
function isGone(bytes: Uint8Array): boolean {
  try {
    typedArray.at.call(bytes, 0);
    return false;
  } catch {
    return true;
  }
}

const LONGEST_SHOWN = 60;

/** @internal Describes a value for a message. Never throws, and runs no code of the value. Quotes a string that looks like a number. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `the string '${value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}…` : value}'`;
    case 'bigint':
      return 'a bigint';
    case 'symbol':
      return 'a symbol';
    case 'function':
      return 'a function';
    case 'object':
      return value === null ? 'null' : kindOf(value);
    default:
      return String(value);
  }
}

function kindOf(value: object): string {
  if (isProxy(value)) return 'a Proxy';
  if (Array.isArray(value)) return 'an array';
  if (isDataView(value)) return 'a DataView';
  if (isSharedArrayBuffer(value)) return 'a SharedArrayBuffer';
  if (isArrayBuffer(value)) return 'an ArrayBuffer';
  const name = typedArrayName.call(value);
  if (name === undefined) return 'an object';
  return `${name.startsWith('I') ? 'an' : 'a'} ${name}`;
}
