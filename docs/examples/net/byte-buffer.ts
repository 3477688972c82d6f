const NONE = Buffer.alloc(0);

/** Bytes in the order in which they came, to be taken from the front. What it is given belongs to it. */
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

  /** The byte at `index`, counted from the front, as all indices are. */
  at(index: number): number | undefined {
    return index < this.length ? this.#bytes[this.#start + index] : undefined;
  }

  /** Where `byte` is first; -1 if it is not there. */
  indexOf(byte: number): number {
    const index = this.#bytes.indexOf(byte, this.#start);
    return index < 0 || index >= this.#end ? -1 : index - this.#start;
  }

  /** Takes `count` bytes, of which there must be so many. */
  take(count: number): Buffer {
    const taken = this.#bytes.subarray(this.#start, this.#start + count);
    this.skip(count);
    return taken;
  }

  /** Takes `count` bytes as text of one character for each (latin1). */
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
    // Twice as much as needed: so a byte that comes alone is copied twice on average, and not once for each that follows.
    const roomier = Buffer.allocUnsafe(2 * (this.length + count));
    this.#end = this.#bytes.copy(roomier, 0, this.#start, this.#end);
    this.#start = 0;
    this.#bytes = roomier;
  }
}
