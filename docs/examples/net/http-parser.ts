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
  /** Whether the connection goes on after the answer. */
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
  /** The most bytes that the lines before the body may have, up to the empty one; and those after it. */
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
  /** Of a head or of trailers, of which not all is there. */
  #lines: string[] = [];
  #linesSize = 0;
  #hasToldContinue = false;
  /** What came of a chunked body. */
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

  /** At once, by the first byte: in what begins a TLS connection a line may never end. */
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

  /** Fields after the last chunk, which nobody asked for. @returns whether all are there */
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

  /** The lines up to an empty one; undefined if not all are there. */
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

  /** Line ends of LF alone are refused: a server in front that knows only CR LF would see other requests. */
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
  // Two are one by now, with a comma and a space between.
  if (host?.includes(' ')) throw new HttpError(400, 'more than one Host');
  const { contentLength, isChunked } = framingOf(fields);
  // HTTP/1.0 has no chunks: who sends some may not know where they end.
  const keepAlive = isKeptAlive(isOld, fields.get('connection')) && !(isOld && isChunked);
  const expectsContinue = !isOld && fields.get('expect')?.toLowerCase() === '100-continue';
  return { method, target, fields, keepAlive, contentLength, isChunked, expectsContinue };
}

/** `isOld`: HTTP/1.0; versions after 1.1 are to be understood by who knows that one. */
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
