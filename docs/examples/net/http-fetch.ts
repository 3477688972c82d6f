/**
 * Fetches a page and prints its status, header fields and body.
 *
 * Try it: node docs/dist/examples/net/http-fetch.js http://127.0.0.1:8080/
 * Node looks up host names (`localhost`). That needs a strategy that lets Node's own loop run: set-timeout.
 */
import { stdout, TcpStream } from '@escapement/net';
import { ByteBuffer } from './byte-buffer.js';
import { type Fields, framingOf, HttpError, parseChunkSize, parseFields } from './http-head.js';
import { programOptions, refuse } from './options.js';
import { run } from './run.js';

const LINE_FEED = 10;
const LONGEST_LINE = 8192;
const MOST_FIELDS = 100;
const MOST_HEADS = 10;

const { strategy, operands } = programOptions('Fetches a page and prints it.', 'URL');
const url = urlOf(operands);

function urlOf([text, ...more]: readonly string[]): URL {
  if (text === undefined || more.length > 0) refuse('expected one URL');
  if (!URL.canParse(text) || new URL(text).protocol !== 'http:') refuse(`'${text}' is no URL that begins with http://`);
  return new URL(text);
}

const out = stdout();

function* main() {
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  using stream = yield* TcpStream.connect({ host: hostname, port: Number(url.port || 80) });
  yield* stream.write(
    `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
  );
  const answer = new Answer(stream);
  const { status, fields } = yield* readHead(answer);
  const lines = [status, ...Array.from(fields, ([name, value]) => `${name}: ${value}`), '', ''];
  yield* out.write(Buffer.from(lines.join('\n'), 'latin1'));
  if (!/^\S+ (204|304)\b/.test(status)) yield* copyBody(answer, fields);
}

/** Reads the response by lines and by pieces: `read` of a stream may return more bytes than one chunk. */
class Answer {
  readonly #stream: TcpStream;
  readonly #received = new ByteBuffer();

  constructor(stream: TcpStream) {
    this.#stream = stream;
  }

  /** As text, one character for each byte (latin1). */
  *readLine() {
    for (;;) {
      const end = this.#received.indexOf(LINE_FEED);
      if ((end < 0 ? this.#received.length : end) > LONGEST_LINE)
        throw bad(`a line of more than ${LONGEST_LINE} bytes`);
      if (end >= 0) return this.#received.takeText(end + 1).replace(/\r?\n$/, '');
      if (!(yield* this.#receive())) throw bad('the answer ended too early');
    }
  }

  /** Waits for bytes and returns those that are there, at most `most`. @returns undefined at the end */
  *read(most = Infinity) {
    if (this.#received.length === 0 && !(yield* this.#receive())) return undefined;
    return this.#received.take(Math.min(this.#received.length, most));
  }

  *#receive() {
    const bytes = yield* this.#stream.read();
    if (bytes !== undefined) this.#received.push(bytes);
    return bytes !== undefined;
  }
}

function* readHead(answer: Answer) {
  for (let heads = 0; heads < MOST_HEADS; heads++) {
    const status = yield* answer.readLine();
    if (!/^HTTP\/1\.[01] \d{3}/.test(status)) throw bad(`no HTTP/1.1, but '${status}'`);
    const fields = yield* readFields(answer);
    // A status 1xx, such as 100 Continue, precedes the final response.
    if (!/^\S+ 1/.test(status)) return { status, fields };
  }
  throw bad(`no final response after ${MOST_HEADS} others`);
}

function* readFields(answer: Answer) {
  const lines: string[] = [];
  for (let line = yield* answer.readLine(); line !== ''; line = yield* answer.readLine()) {
    if (lines.push(line) > MOST_FIELDS) throw bad(`more than ${MOST_FIELDS} header fields`);
  }
  return parseFields(lines);
}

function* copyBody(answer: Answer, fields: Fields) {
  const { contentLength, isChunked } = framingOf(fields);
  if (isChunked) yield* copyChunks(answer);
  else if (fields.has('content-length')) yield* copy(answer, contentLength);
  else
    for (let bytes = yield* answer.read(); bytes !== undefined; bytes = yield* answer.read()) yield* out.write(bytes);
}

function* copyChunks(answer: Answer) {
  for (;;) {
    const size = parseChunkSize(yield* answer.readLine());
    if (size === 0) break;
    yield* copy(answer, size);
    if ((yield* answer.readLine()) !== '') throw bad('a chunk longer than its size');
  }
  yield* readFields(answer);
}

/** Prints the chunks piece by piece, as they arrive. */
function* copy(answer: Answer, count: number) {
  for (let left = count; left > 0; ) {
    const piece = yield* answer.read(left);
    if (piece === undefined) throw bad(`the answer ended after ${count - left} bytes of ${count}`);
    left -= piece.length;
    yield* out.write(piece);
  }
}

function bad(problem: string): HttpError {
  return new HttpError(502, problem);
}

await run(strategy, main);
