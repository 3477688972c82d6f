/**
 * Sends back the bytes that it receives. Back-pressure: it does not read from a client that does not read, because `write` waits
 * until there is room.
 *
 * Try it: node docs/dist/examples/net/echo-server.js --port 7000, and `nc 127.0.0.1 7000`.
 * Ctrl-C ends it under every strategy; see run.ts for how.
 */
import type { LoopEvent } from '@escapement/core';
import { TcpListener } from '@escapement/net';
import { formatAddress } from '@escapement/posix';
import type { ByteStream } from '@escapement/streams';
import { serverOptions } from './options.js';
import { run } from './run.js';

const { strategy, host, port } = serverOptions('A TCP server that echoes what it is sent.', 7000);

/** Of any stream: it names no event, and still TypeScript knows those of the stream that it is given. */
function* echo<E extends LoopEvent>(stream: ByteStream<E>) {
  for (let bytes = yield* stream.read(); bytes !== undefined; bytes = yield* stream.read()) yield* stream.write(bytes);
}

await run(strategy, function* () {
  using listener = TcpListener.listen({ host, port });
  console.log(`listening on ${formatAddress(listener.address)}`);
  yield* listener.serve(echo);
});
