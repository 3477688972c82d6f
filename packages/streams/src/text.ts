// Every host has these two, and this package has no types of a host.
declare const TextEncoder: new () => {
  encode(text: string): Uint8Array;
  encodeInto(text: string, into: Uint8Array): { written: number };
};
declare const TextDecoder: new (
  encoding: 'utf-8',
  options: { ignoreBOM: boolean },
) => {
  decode(bytes: Uint8Array): string;
};

const encoder = new TextEncoder();
/** A byte order mark is a part of the text: a stream has no beginning that we know of. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

const scratch = new Uint8Array(16_384);
const MOST_BYTES_PER_UNIT = 3;

/** @returns bytes that the next call may overwrite: `encode` into new memory takes five times as long for a short text */
export function encodeForNow(text: string): Uint8Array {
  if (text.length * MOST_BYTES_PER_UNIT > scratch.length) return encoder.encode(text);
  return scratch.subarray(0, encoder.encodeInto(text, scratch).written);
}

/** Whether bytes are of `encodeForNow`, and not to be kept. */
export function areForNow(bytes: Uint8Array): boolean {
  return bytes.buffer === scratch.buffer;
}

export function decode(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
