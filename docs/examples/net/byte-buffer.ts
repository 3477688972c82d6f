const NONE = Buffer.alloc(0);

/** A queue of bytes: pieces are added at the end, bytes are taken from the front. It owns the pieces that it is given. */
export class ByteBuffer {
  #bytes: Buffer = NONE;
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  push(bytes: Uint8Array): void {
    if (this.length === 0) {
      // The usual case, a piece with whole requests in it, copies nothing.
      this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      this.#start = this.#end = 0;
    } else {
      this.#makeRoom(bytes.length);
      this.#bytes.set(bytes, this.#end);
    }
    this.#end += bytes.length;
  }

  /** The byte at `index`. Every index counts from the front. */
  at(index: number): number | undefined {
    return index < this.length ? this.#bytes[this.#start + index] : undefined;
  }

  /** The first index of `byte`; -1 if there is none. */
  indexOf(byte: number): number {
    const index = this.#bytes.indexOf(byte, this.#start);
    return index < 0 || index >= this.#end ? -1 : index - this.#start;
  }

  /** Takes `count` bytes; the queue must have at least that many. */
  take(count: number): Buffer {
    const taken = this.#bytes.subarray(this.#start, this.#start + count);
    this.skip(count);
    return taken;
  }

  /** Takes `count` bytes as text, one character for each byte (latin1). */
  takeText(count: number): string {
    const text = this.#bytes.toString('latin1', this.#start, this.#start + count);
    this.skip(count);
    return text;
  }

  skip(count: number): void {
    this.#start += count;
    if (this.#start < this.#end) return;
    // An idle connection holds no memory.
    this.#bytes = NONE;
    this.#start = this.#end = 0;
  }

  #makeRoom(count: number): void {
    if (this.#end + count <= this.#bytes.length) return;
    // Twice the needed size: so each byte of a slow stream is copied twice on average, not once for each byte after it.
    const roomier = Buffer.allocUnsafe(2 * (this.length + count));
    this.#end = this.#bytes.copy(roomier, 0, this.#start, this.#end);
    this.#start = 0;
    this.#bytes = roomier;
  }
}
