/**
 * An HTTP/1.1 server: `/` says hello, `/echo` sends the body back. Requests that arrive together are answered in one write.
 *
 * Try it: node docs/dist/examples/net/http-hello.js --port 8080 --strategy epoll, and `curl -i localhost:8080`,
 * `curl -d 'some text' localhost:8080/echo` or `wrk -c 32 http://localhost:8080`.
 * Ctrl-C ends it under every strategy; see run.ts for how.
 */
import { STATUS_CODES } from 'node:http';
import { TcpListener, type TcpStream } from '@escapement/net';
import { formatAddress } from '@escapement/posix';
import { every, spawn } from 'escapement';
import { HttpError } from './http-head.js';
import { HttpParser, type HttpRequest } from './http-parser.js';
import { serverOptions } from './options.js';
import { run } from './run.js';

const { strategy, host, port } = serverOptions('An HTTP server that says hello.', 8080);

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
/** How long a client may take for its next request: idle clients could otherwise use up all connections. */
const REQUEST_TIMEOUT = 30_000;
const SWEEP_INTERVAL = 1000;

/** The instant at which each connection began to wait for its request. */
const waitingSince = new Map<TcpStream, number>();

function* converse(stream: TcpStream) {
  const parser = new HttpParser();
  waitingSince.set(stream, performance.now());
  try {
    for (let bytes = yield* stream.read(); bytes !== undefined; bytes = yield* stream.read()) {
      parser.push(bytes);
      const { text, isLast } = answersTo(parser);
      if (text === '') continue;
      yield* stream.write(Buffer.from(text, 'latin1'));
      if (isLast) return yield* stream.hangUp();
      waitingSince.set(stream, performance.now());
    }
  } finally {
    waitingSince.delete(stream);
  }
}

/** One task checks all connections: a `timeout` for each request would cost half as much as the request itself. */
function* closeTheIdle() {
  const beat = every(SWEEP_INTERVAL);
  for (;;) {
    yield* beat;
    const oldest = performance.now() - REQUEST_TIMEOUT;
    for (const [stream, since] of waitingSince) if (since < oldest) stream.close();
  }
}

interface Answers {
  readonly text: string;
  /** Whether the connection ends after these answers. */
  readonly isLast: boolean;
}

/** The answers to all requests that are complete. */
function answersTo(parser: HttpParser): Answers {
  let text = '';
  try {
    for (let request = parser.next(); request !== undefined; request = parser.next()) {
      text += answerTo(request);
      if (!request.head.keepAlive) return { text, isLast: true };
    }
    return { text: parser.takeContinue() ? text + CONTINUE : text, isLast: false };
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    return { text: text + response(error.status, `${error.message}\n`, false), isLast: true };
  }
}

function answerTo({ head, body }: HttpRequest): string {
  const { method, target, keepAlive } = head;
  const isHead = method === 'HEAD';
  switch (pathOf(target)) {
    case '/':
      return response(200, 'Hello, world!\n', keepAlive, isHead);
    case '/echo':
      return response(200, Buffer.from(body).toString('latin1'), keepAlive, isHead);
    default:
      return response(404, 'not found\n', keepAlive, isHead);
  }
}

/** Of `/path?query`, and of `http://host/path`, which is as good. */
function pathOf(target: string): string {
  return target.replace(/^http:\/\/[^/?]+\/?/i, '/').replace(/\?.*/, '');
}

/** As text, one character for each byte (latin1). */
function response(status: number, body: string, keepAlive: boolean, isHead = false): string {
  return (
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n` +
    `Date: ${date()}\r\n` +
    'Content-Type: text/plain\r\n' +
    `Content-Length: ${body.length}\r\n` +
    `Connection: ${keepAlive ? 'keep-alive' : 'close'}\r\n\r\n` +
    (isHead ? '' : body)
  );
}

let dateText = '';
let dateSecond = 0;

/** Formatted once a second. */
function date(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = new Date(1000 * second).toUTCString();
  }
  return dateText;
}

await run(strategy, function* () {
  using listener = TcpListener.listen({ host, port });
  console.log(`listening on ${formatAddress(listener.address)}`);
  yield* spawn(closeTheIdle(), { name: 'close the idle', daemon: true });
  yield* listener.serve(converse);
});
