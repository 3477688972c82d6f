/**
 * A server for redis-cli and redis-benchmark, with the commands that they need (see resp-store.ts).
 *
 * Try it: node docs/dist/examples/net/resp-server.js --port 6380 --strategy epoll, and
 * `redis-cli -p 6380 set greeting hello ex 10` or `redis-benchmark -p 6380 -t ping,set,get,incr -P 16`.
 * Ctrl-C ends it under every strategy; see run.ts for how.
 */
import { TcpListener, type TcpStream } from '@escapement/net';
import { formatAddress } from '@escapement/posix';
import { every, pause, spawn } from 'escapement';
import { serverOptions } from './options.js';
import { RespError, RespParser } from './resp-parser.js';
import { failure } from './resp-replies.js';
import { RespStore } from './resp-store.js';
import { run } from './run.js';

const { strategy, host, port } = serverOptions('A small Redis: strings in memory, spoken to by RESP2.', 6380);

/** The most characters of replies in one write: a client that sends commands but does not read has to wait. */
const LONGEST_BATCH = 65_536;
const SWEEP_INTERVAL = 100;
/** How many keys one step of the sweep looks at: a fraction of a millisecond. */
const MOST_SWEPT = 1000;

const store = new RespStore();

function* serve(stream: TcpStream) {
  const parser = new RespParser();
  for (let bytes = yield* stream.read(); bytes !== undefined; bytes = yield* stream.read()) {
    parser.push(bytes);
    let batch: Batch;
    do {
      batch = nextBatch(parser);
      if (batch.replies !== '') yield* stream.write(Buffer.from(batch.replies, 'latin1'));
      if (batch.isLast) return yield* stream.hangUp();
    } while (batch.hasMore);
  }
}

interface Batch {
  readonly replies: string;
  readonly hasMore: boolean;
  /** Whether the connection ends after it. */
  readonly isLast: boolean;
}

/** Executes the complete commands, as many as fit in a batch. Their replies go out in one write. */
function nextBatch(parser: RespParser): Batch {
  let replies = '';
  try {
    while (replies.length < LONGEST_BATCH) {
      const command = parser.next();
      if (command === undefined) return { replies, hasMore: false, isLast: false };
      if (isHttp(command)) return { replies, hasMore: false, isLast: true };
      replies += store.execute(command);
      if (isQuit(command)) return { replies, hasMore: false, isLast: true };
    }
  } catch (error) {
    if (!(error instanceof RespError)) throw error;
    return { replies: replies + failure(`ERR ${error.message}`), hasMore: false, isLast: true };
  }
  return { replies, hasMore: true, isLast: false };
}

function isQuit(words: readonly string[]): boolean {
  return words.length === 1 && words[0]!.toUpperCase() === 'QUIT';
}

/**
 * A browser can be made to send an HTTP request to any port, and its body could be commands. Its first line, or its second, looks
 * like one of these commands, and then, as Redis does, the server hangs up before it executes anything of the body.
 */
function isHttp([name]: readonly string[]): boolean {
  return /^(?:POST|HOST:)$/i.test(name!);
}

/** As in Redis: looks at some keys now and then, and goes on at once, in steps, as long as many of them have expired. */
function* sweep() {
  const beat = every(SWEEP_INTERVAL);
  for (;;) {
    yield* beat;
    while (store.sweep(MOST_SWEPT) > MOST_SWEPT / 4) yield* pause();
  }
}

await run(strategy, function* () {
  using listener = TcpListener.listen({ host, port });
  console.log(`listening on ${formatAddress(listener.address)}`);
  yield* spawn(sweep(), { name: 'sweep', daemon: true });
  yield* listener.serve(serve);
});
