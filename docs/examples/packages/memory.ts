import { type LoopEvent, now, spawn } from '@escapement/core';
import { serve } from '@escapement/net';
import { timeout } from '@escapement/sleep';
import { sleepModule } from '@escapement/sleep/module';
import type { ByteStream } from '@escapement/streams';
import { type LinkOptions, MemoryListener, seeded } from '@escapement/streams/memory';
import { memoryModule } from '@escapement/streams/module';
import { virtualTimeModule } from '@escapement/virtual-time/module';
import { createLoop } from '@escapement/wiring';
import { HttpParser } from '../net/http-parser.js';

/** The server under test: it works over every stream, and hangs up on a client that is silent for 30 seconds. */
function* answer<E extends LoopEvent>(stream: ByteStream<E>) {
  const parser = new HttpParser();
  for (;;) {
    const bytes = yield* timeout(30_000, stream.read());
    if (bytes === undefined) return;
    parser.push(bytes);
    for (let request = parser.next(); request !== undefined; request = parser.next()) {
      yield* stream.write(`HTTP/1.1 200 OK\r\n\r\n${request.head.target}, ${request.body.length} bytes\r\n`);
    }
  }
}

function* client(listener: MemoryListener, request: string) {
  using stream = yield* listener.connect();
  yield* stream.write(request);
  const status = yield* stream.readLine();
  yield* stream.readLine();
  console.log(`${Math.round(yield* now())} ms: ${status}: ${yield* stream.readLine()}`);
}

function* silentClient(listener: MemoryListener) {
  using stream = yield* listener.connect();
  yield* stream.read();
  console.log(`${Math.round(yield* now())} ms: the server has hung up`);
}

/** A slow line that splits everything at random places; with a seed, each run does the same. */
const line: LinkOptions = { latency: [40, 60], bandwidth: 5, fragmented: true, random: seeded(7) };

createLoop(virtualTimeModule, sleepModule, memoryModule).runSync(function* () {
  const listener = new MemoryListener(line);
  yield* spawn(serve(listener, answer, { limit: 2 }), { daemon: true });
  yield* spawn(client(listener, `POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n${'x'.repeat(2000)}`));
  yield* spawn(silentClient(listener));
  yield* spawn(client(listener, 'GET /third HTTP/1.1\r\nHost: x\r\n\r\n'));
});
