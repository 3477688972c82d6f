import { ByteBuffer } from './byte-buffer.js';
import { HttpError, parseChunkSize, parseFields, parseRequestHead, type RequestHead } from './http-head.js';

export interface HttpRequest {
  readonly head: RequestHead;
  readonly body: Uint8Array;
}

export interface HttpLimits {
  /** The most bytes that the lines before the body may have; and those after it. */
  readonly head?: number;
  /** The most bytes that a body may have. */
  readonly body?: number;
}

/** Chunks have a line each, which is hardly ever longer than a number. */
const LONGEST_CHUNK_LINE = 1024;

/**
 * Requests of HTTP/1.1, from bytes that come in pieces of any size.
 *
 * @example
 * parser.push(bytes);
 * for (let request; (request = parser.next()) !== undefined; ) answers += answer(request);
 */
export class HttpParser {
  readonly #received = new ByteBuffer();
  readonly #headLimit: number;
  readonly #bodyLimit: number;
  /** Of the request whose body is being received. */
  #head: RequestHead | undefined;
  #hasToldContinue = false;
  /** What came of a chunked body. */
  #body = new ByteBuffer();
  #chunkSize: number | undefined;
  #trailerSize = 0;

  constructor({ head = 16_384, body = 1_048_576 }: HttpLimits = {}) {
    this.#headLimit = head;
    this.#bodyLimit = body;
  }

  /** How many bytes wait for the rest of their request. */
  get pending(): number {
    return this.#received.length + this.#body.length;
  }

  /** @param bytes belong to the parser from now on */
  push(bytes: Uint8Array): void {
    this.#received.push(bytes);
  }

  /**
   * The next request; undefined if it is not there yet.
   * @throws HttpError, after which the parser is of no use any more
   */
  next(): HttpRequest | undefined {
    this.#head ??= this.#takeHead();
    const head = this.#head;
    if (head === undefined) return undefined;
    const body = head.isChunked ? this.#takeChunks() : this.#takeIfThere(head.contentLength);
    if (body === undefined) return undefined;
    this.#head = undefined;
    return { head, body };
  }

  /** Whether the client waits to be told `100 Continue` before it sends a body. True once for a request. */
  takeContinue(): boolean {
    const isDue = this.#head?.expectsContinue === true && this.#received.length === 0 && !this.#hasToldContinue;
    this.#hasToldContinue ||= isDue;
    return isDue;
  }

  #takeHead(): RequestHead | undefined {
    const received = this.#received;
    // Some clients send an empty line after a body.
    while (received.at(0) === 13 && received.at(1) === 10) received.skip(2);
    const text = this.#takeUntil('\r\n\r\n', this.#headLimit, 431);
    if (text === undefined) return undefined;
    const head = parseRequestHead(text);
    if (head.contentLength > this.#bodyLimit) throw tooLarge(this.#bodyLimit);
    this.#hasToldContinue = false;
    return head;
  }

  #takeChunks(): Uint8Array | undefined {
    while (this.#chunkSize !== 0) {
      this.#chunkSize ??= this.#takeChunkSize();
      if (this.#chunkSize === undefined) return undefined;
      if (this.#chunkSize === 0) break;
      if (this.#received.length < this.#chunkSize + 2) return undefined;
      this.#body.push(this.#received.take(this.#chunkSize));
      if (this.#received.take(2).toString('latin1') !== '\r\n')
        throw new HttpError(400, 'a chunk longer than its size');
      this.#chunkSize = undefined;
    }
    return this.#skipTrailers() ? this.#takeBody() : undefined;
  }

  #takeChunkSize(): number | undefined {
    const line = this.#takeUntil('\r\n', LONGEST_CHUNK_LINE, 400);
    if (line === undefined) return undefined;
    const size = parseChunkSize(line);
    if (this.#body.length + size > this.#bodyLimit) throw tooLarge(this.#bodyLimit);
    return size;
  }

  /** Fields after the last chunk, which nobody asked for. @returns whether all are there */
  #skipTrailers(): boolean {
    for (;;) {
      const line = this.#takeUntil('\r\n', this.#headLimit - this.#trailerSize, 431);
      if (line === undefined) return false;
      if (line === '') return true;
      parseFields([line]);
      this.#trailerSize += line.length + 2;
    }
  }

  #takeBody(): Uint8Array {
    this.#chunkSize = undefined;
    this.#trailerSize = 0;
    return this.#body.take(this.#body.length);
  }

  #takeIfThere(count: number): Uint8Array | undefined {
    return this.#received.length < count ? undefined : this.#received.take(count);
  }

  /** The text before `end`, which is taken, too. */
  #takeUntil(end: string, limit: number, status: number): string | undefined {
    const length = this.#received.indexOf(end);
    // Where it is not there, it can begin no earlier than in the last bytes: so it does not matter how they were cut.
    const least = length < 0 ? this.#received.length - end.length + 1 : length;
    if (least > limit) throw new HttpError(status, `more than ${limit} bytes`);
    if (length < 0) return undefined;
    const text = this.#received.takeText(length);
    this.#received.skip(end.length);
    return text;
  }
}

function tooLarge(limit: number): HttpError {
  return new HttpError(413, `a body of more than ${limit} bytes`);
}
