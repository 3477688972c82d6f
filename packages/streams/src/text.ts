// Every host has these two. This package loads no types of a host, so it declares them.
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
/** Keeps a byte order mark: the decoder cannot know whether it is at the beginning of the stream. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

const scratch = new Uint8Array(16_384);
const MOST_BYTES_PER_UNIT = 3;

/** @returns bytes that the next call may overwrite: for a short text, `encode` into new memory takes five times as long */
export function encodeIntoScratch(text: string): Uint8Array {
  if (text.length * MOST_BYTES_PER_UNIT > scratch.length) return encoder.encode(text);
  return scratch.subarray(0, encoder.encodeInto(text, scratch).written);
}

/** Whether `bytes` come from `encodeIntoScratch`, and must be copied to be kept. */
export function areInScratch(bytes: Uint8Array): boolean {
  return bytes.buffer === scratch.buffer;
}

export function decode(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
