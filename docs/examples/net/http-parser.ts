import { ByteBuffer } from './byte-buffer.js';
import { type Fields, framingOf, HttpError, parseChunkSize, parseFields } from './http-head.js';

const CARRIAGE_RETURN = 13;
const LINE_FEED = 10;

const METHOD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const TARGET = /^[\x21-\x7e\x80-\xff]+$/;

export interface RequestHead {
  readonly method: string;
  /** What is asked for, as it was sent: `/path?query` or `http://host/path?query`. */
  readonly target: string;
  readonly fields: Fields;
  /** Whether the connection stays open after the answer. */
  readonly keepAlive: boolean;
  readonly contentLength: number;
  readonly isChunked: boolean;
  readonly expectsContinue: boolean;
}

export interface HttpRequest {
  readonly head: RequestHead;
  readonly body: Uint8Array;
}

export interface HttpLimits {
  /** The most bytes of the lines before the body, including the empty one; also of the lines after the body. */
  readonly head?: number;
  /** The most bytes of a body. */
  readonly body?: number;
}

/** The most bytes of the line before a chunk, which usually holds only a number. */
const LONGEST_CHUNK_LINE = 1024;

/**
 * Parses HTTP/1.1 requests from pieces of any size.
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
  /** The lines so far of a head, or of trailers, that are not complete. */
  #lines: string[] = [];
  #linesSize = 0;
  #hasToldContinue = false;
  /** The chunks of a body so far. */
  #body = new ByteBuffer();
  #chunkSize: number | undefined;

  constructor({ head = 16_384, body = 1_048_576 }: HttpLimits = {}) {
    this.#headLimit = head;
    this.#bodyLimit = body;
  }

  /** How many bytes wait for the rest of their request. */
  get pending(): number {
    return this.#received.length + this.#linesSize + this.#body.length;
  }

  /** @param bytes the parser owns them from now on */
  push(bytes: Uint8Array): void {
    this.#received.push(bytes);
  }

  /**
   * The next request; undefined if it is not complete yet.
   * @throws HttpError; do not use the parser after that
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

  /** Whether the client waits for `100 Continue` before it sends a body. True once for each request. */
  takeContinue(): boolean {
    const isDue = this.#head?.expectsContinue === true && this.#received.length === 0 && !this.#hasToldContinue;
    this.#hasToldContinue ||= isDue;
    return isDue;
  }

  #takeHead(): RequestHead | undefined {
    let lines: readonly string[] | undefined;
    do {
      if (this.#linesSize === 0) this.#refuseOtherProtocols();
      lines = this.#takeLines();
      // Some clients send an empty line after a body.
    } while (lines?.length === 0);
    if (lines === undefined) return undefined;
    const head = parseRequestHead(lines);
    if (head.contentLength > this.#bodyLimit) throw tooLarge(this.#bodyLimit);
    this.#hasToldContinue = false;
    return head;
  }

  /** Rejects by the first byte: a TLS handshake, for instance, may never contain a line end. */
  #refuseOtherProtocols(): void {
    const first = this.#received.at(0);
    if (first === undefined || first === CARRIAGE_RETURN || METHOD.test(String.fromCharCode(first))) return;
    throw new HttpError(400, 'no HTTP');
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
    const line = this.#takeLine(400, LONGEST_CHUNK_LINE);
    if (line === undefined) return undefined;
    const size = parseChunkSize(line);
    if (this.#body.length + size > this.#bodyLimit) throw tooLarge(this.#bodyLimit);
    return size;
  }

  /** Skips the fields after the last chunk. @returns whether they are complete */
  #skipTrailers(): boolean {
    const lines = this.#takeLines();
    if (lines === undefined) return false;
    parseFields(lines);
    return true;
  }

  #takeBody(): Uint8Array {
    this.#chunkSize = undefined;
    return this.#body.take(this.#body.length);
  }

  #takeIfThere(count: number): Uint8Array | undefined {
    return this.#received.length < count ? undefined : this.#received.take(count);
  }

  /** The lines up to an empty one; undefined if they are not complete. */
  #takeLines(): readonly string[] | undefined {
    for (;;) {
      const line = this.#takeLine(431, this.#headLimit, this.#linesSize);
      if (line === undefined) return undefined;
      if (line === '') break;
      this.#linesSize += line.length + 2;
      this.#lines.push(line);
    }
    const lines = this.#lines;
    this.#lines = [];
    this.#linesSize = 0;
    return lines;
  }

  /** A line end of LF alone is rejected: a proxy that accepts only CR LF would see other requests. */
  #takeLine(status: number, limit: number, used = 0): string | undefined {
    const received = this.#received;
    const end = received.indexOf(LINE_FEED);
    if (used + (end < 0 ? received.length : end + 1) > limit) throw new HttpError(status, `more than ${limit} bytes`);
    if (end < 0) return undefined;
    if (end === 0 || received.at(end - 1) !== CARRIAGE_RETURN)
      throw new HttpError(400, 'a line that does not end with CR LF');
    const line = received.takeText(end - 1);
    received.skip(2);
    return line;
  }
}

/** @throws HttpError */
function parseRequestHead(lines: readonly string[]): RequestHead {
  const { method, target, isOld } = parseRequestLine(lines[0]!);
  const fields = parseFields(lines, 1);
  const host = fields.get('host');
  if (host === undefined && !isOld) throw new HttpError(400, 'no Host');
  // Two fields are joined with a comma and a space by now.
  if (host?.includes(' ')) throw new HttpError(400, 'more than one Host');
  const { contentLength, isChunked } = framingOf(fields);
  // HTTP/1.0 has no chunks: a peer that sends them may not know where they end.
  const keepAlive = isKeptAlive(isOld, fields.get('connection')) && !(isOld && isChunked);
  const expectsContinue = !isOld && fields.get('expect')?.toLowerCase() === '100-continue';
  return { method, target, fields, keepAlive, contentLength, isChunked, expectsContinue };
}

/** `isOld`: HTTP/1.0. A later 1.x counts as 1.1. */
function parseRequestLine(line: string) {
  const [method = '', target = '', version = '', ...more] = line.split(' ');
  const numbers = /^HTTP\/(\d)\.(\d)$/.exec(version);
  if (numbers === null || more.length > 0 || !METHOD.test(method) || !TARGET.test(target)) {
    throw new HttpError(400, 'bad request line');
  }
  if (numbers[1] !== '1') throw new HttpError(505, `no ${version} here`);
  return { method, target, isOld: numbers[2] === '0' };
}

function isKeptAlive(isOld: boolean, connection: string | undefined): boolean {
  if (connection === undefined) return !isOld;
  const options = connection
    .toLowerCase()
    .split(',')
    .map(option => option.trim());
  return !options.includes('close') && (!isOld || options.includes('keep-alive'));
}

function tooLarge(limit: number): HttpError {
  return new HttpError(413, `a body of more than ${limit} bytes`);
}
