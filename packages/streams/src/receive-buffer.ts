import { copyOf } from './copy-of.js';

const LEAST_CAPACITY = 256;

/** @internal Bytes that were received and not read yet. Holds no memory while empty. */
export class ReceiveBuffer {
  #bytes: Uint8Array | undefined;
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  append(bytes: Uint8Array): void {
    const target = this.#withRoomFor(bytes.length);
    target.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Removes the first `count` bytes and returns a copy. */
  take(count: number): Uint8Array {
    const taken = copyOf(this.#bytes?.subarray(this.#start, this.#start + count) ?? new Uint8Array());
    this.skip(count);
    return taken;
  }

  /** The index of the first `byte` at `from` or later, counted from the first unread byte; -1 if there is none. */
  indexOf(byte: number, from: number): number {
    const index = this.#bytes?.subarray(0, this.#end).indexOf(byte, this.#start + from) ?? -1;
    return index < 0 ? -1 : index - this.#start;
  }

  at(index: number): number | undefined {
    return this.#bytes?.[this.#start + index];
  }

  skip(count: number): void {
    this.#start += count;
    if (this.#start < this.#end) return;
    this.#start = this.#end = 0;
    this.#bytes = undefined;
  }

  #withRoomFor(count: number): Uint8Array {
    const old = this.#bytes;
    if (old !== undefined && this.#end + count <= old.length) return old;
    const used = this.length;
    const isRoomy = old !== undefined && 2 * (used + count) <= old.length;
    const target = isRoomy ? old : new Uint8Array(Math.max(LEAST_CAPACITY, 2 * (used + count)));
    if (old !== undefined) target.set(old.subarray(this.#start, this.#end));
    this.#bytes = target;
    this.#start = 0;
    this.#end = used;
    return target;
  }
}
