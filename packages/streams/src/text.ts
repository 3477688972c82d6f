// Every host has these two. They are declared here because the package uses no types of a host.
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
/** A byte order mark is kept: the bytes need not be the beginning of a text. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

const scratch = new Uint8Array(16_384);
const MOST_BYTES_PER_UNIT = 3;

/** @returns bytes that the next call may overwrite; `encode` into new memory takes five times as long for a short text */
export function encodeToScratch(text: string): Uint8Array {
  if (text.length * MOST_BYTES_PER_UNIT > scratch.length) return encoder.encode(text);
  return scratch.subarray(0, encoder.encodeInto(text, scratch).written);
}

/** Whether the next `encodeToScratch` may overwrite `bytes`. */
export function isScratch(bytes: Uint8Array): boolean {
  return bytes.buffer === scratch.buffer;
}

export function decode(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
