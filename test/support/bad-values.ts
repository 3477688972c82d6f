/** Values that a program without types could pass for a number or for bytes. */

/** Throws at every look at it, and at every conversion. */
export function hostile(): object {
  const refuse = (): never => {
    throw new Error('looked at');
  };
  return new Proxy(() => {}, {
    get: refuse,
    set: refuse,
    has: refuse,
    ownKeys: refuse,
    getPrototypeOf: refuse,
    getOwnPropertyDescriptor: refuse,
    apply: refuse,
  });
}

export function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** Bytes whose memory was transferred to somebody else. */
export function detached(): Uint8Array {
  const bytes = new Uint8Array(4);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}

/** Bytes of a buffer that has shrunk below them since. */
export function outOfBounds(): Uint8Array {
  const buffer = new (ArrayBuffer as new (size: number, options: object) => ArrayBuffer)(8, { maxByteLength: 8 });
  const bytes = new Uint8Array(buffer, 4, 4);
  (buffer as unknown as { resize(size: number): void }).resize(2);
  return bytes;
}

/** In fresh objects each time. Of no type that any argument of a system call has. */
export function nonsense(): Readonly<Record<string, unknown>> {
  return {
    null: null,
    'a boolean': true,
    'a bigint': 5n,
    'a symbol': Symbol('5'),
    'an object': {},
    'an object with a number': { valueOf: () => 5, length: 4 },
    'an object without a prototype': Object.create(null),
    'a function': () => 5,
    'a date': new Date(5),
    'a promise': Promise.resolve(5),
    'a revoked proxy': revoked(),
    'a hostile proxy': hostile(),
  };
}

/** Whole numbers that a call with 32 bits would take for another, and all that are no whole numbers. */
export function badNumbers(): Readonly<Record<string, unknown>> {
  return {
    ...nonsense(),
    NaN: Number.NaN,
    Infinity: Number.POSITIVE_INFINITY,
    '-Infinity': Number.NEGATIVE_INFINITY,
    'half a one': 0.5,
    'too large by one bit': 2 ** 32 + 7,
    'too negative': -(2 ** 32) + 7,
    '2^53': 2 ** 53,
    '1e300': 1e300,
    'the number in a string': '7',
    'an empty string': '',
    'a number in an array': [7],
  };
}

/** What is not a `Uint8Array`, or has no memory. */
export function badBytes(): Readonly<Record<string, unknown>> {
  return {
    ...nonsense(),
    undefined: undefined,
    'a number': 5,
    'a text': 'text',
    'an array of numbers': [1, 2, 3],
    'a Uint16Array': new Uint16Array(4),
    'an Int8Array': new Int8Array(4),
    'a Uint8ClampedArray': new Uint8ClampedArray(4),
    'a DataView': new DataView(new ArrayBuffer(4)),
    'an ArrayBuffer': new ArrayBuffer(4),
    'a SharedArrayBuffer': new SharedArrayBuffer(4),
    'detached bytes': detached(),
    'bytes of a buffer that has shrunk': outOfBounds(),
    'a proxy of bytes': new Proxy(new Uint8Array(4), {}),
    'an object that inherits from bytes': Object.create(Uint8Array.prototype),
  };
}
