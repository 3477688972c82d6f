/**
 * Fetches a page and prints its status, header fields and body.
 *
 * Try it: node docs/dist/examples/net/http-fetch.js http://127.0.0.1:8080/
 * Names (`localhost`) are looked up by Node, which needs a strategy that lets it run: set-timeout.
 */
import { TcpStream } from '@escapement/net';
import { type Fields, framingOf, HttpError, parseChunkSize, parseFields } from './http-head.js';
import { programOptions, refuse } from './options.js';
import { run } from './run.js';

const LONGEST_LINE = 8192;
const MOST_FIELDS = 100;

const { strategy, operands } = programOptions('Fetches a page and prints it.', 'URL');
const url = urlOf(operands);

function urlOf([text, ...more]: readonly string[]): URL {
  if (text === undefined || more.length > 0) refuse('expected one URL');
  if (!URL.canParse(text) || new URL(text).protocol !== 'http:') refuse(`'${text}' is no URL that begins with http://`);
  return new URL(text);
}

function* main() {
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  using stream = yield* TcpStream.connect({ host: hostname, port: Number(url.port || 80) });
  yield* stream.write(
    `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
  );
  const { status, fields } = yield* readHead(stream);
  console.log(status);
  for (const [name, value] of fields) console.log(`${name}: ${value}`);
  console.log();
  if (!/ (204|304)/.test(status)) yield* copyBody(stream, fields);
}

function* readHead(stream: TcpStream) {
  for (;;) {
    const status = yield* requireLine(stream);
    if (!/^HTTP\/1\.[01] \d{3}/.test(status)) throw new HttpError(502, `no HTTP/1.1, but '${status}'`);
    const fields = yield* readFields(stream);
    // 100 Continue and its like announce the answer.
    if (!/^\S+ 1/.test(status)) return { status, fields };
  }
}

function* readFields(stream: TcpStream) {
  const lines: string[] = [];
  for (let line = yield* requireLine(stream); line !== ''; line = yield* requireLine(stream)) {
    if (lines.push(line) > MOST_FIELDS) throw new HttpError(502, `more than ${MOST_FIELDS} header fields`);
  }
  return parseFields(lines);
}

function* requireLine(stream: TcpStream) {
  const line = yield* stream.readLine(LONGEST_LINE);
  if (line === undefined) throw new HttpError(502, 'the answer ended too early');
  return line;
}

function* copyBody(stream: TcpStream, fields: Fields) {
  const { contentLength, isChunked } = framingOf(fields);
  if (isChunked) yield* copyChunks(stream);
  else if (fields.has('content-length')) yield* copy(stream, contentLength);
  else for (let bytes = yield* stream.read(); bytes !== undefined; bytes = yield* stream.read()) print(bytes);
}

function* copyChunks(stream: TcpStream) {
  for (;;) {
    const size = parseChunkSize(yield* requireLine(stream));
    if (size === 0) break;
    yield* copy(stream, size);
    if ((yield* requireLine(stream)) !== '') throw new HttpError(502, 'a chunk longer than its size');
  }
  yield* readFields(stream);
}

/** Piece by piece, however many there are. */
function* copy(stream: TcpStream, count: number) {
  for (let left = count; left > 0; ) {
    const piece = yield* stream.readExactly(Math.min(left, 65_536));
    left -= piece.length;
    print(piece);
  }
}

function print(bytes: Uint8Array): void {
  process.stdout.write(bytes);
}

await run(strategy, main);
