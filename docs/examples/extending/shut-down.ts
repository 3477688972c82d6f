import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { epollModule, ioModule } from '@escapement/io';
import { netModule, TcpListener, TcpStream } from '@escapement/net';
import { createLoop, sleepModule, spawn, TimeoutError, timeout } from 'escapement';
import { Bell } from './bell.js';

const GRACE = 100;

/** Node's own loop runs in this thread, so it can report signals. */
function listenForSignals() {
  const bell = new Bell();
  const server = new Worker(new URL(import.meta.url), { workerData: bell.counter });
  process.on('SIGINT', () => bell.ring());
  server.on('exit', () => bell.close());
  server.on('message', () => process.kill(process.pid, 'SIGINT')); // instead of Ctrl-C
}

function* serveUntilRung(bell: Bell) {
  const listener = TcpListener.listen();
  const serving = yield* spawn(listener.serve(echo));
  using _client = yield* TcpStream.connect({ port: listener.address.port }); // never closes
  parentPort?.postMessage('up');
  yield* bell.rung();
  console.log('no new connections');
  listener.close();
  try {
    yield* timeout(GRACE, serving.join());
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    console.log('no patience left');
    serving.cancel();
  }
}

function* echo(stream: TcpStream) {
  try {
    for (let bytes = yield* stream.read(); bytes !== undefined; bytes = yield* stream.read())
      yield* stream.write(bytes);
  } finally {
    console.log('a connection was tidied up');
  }
}

if (isMainThread) listenForSignals();
else createLoop(epollModule, ioModule, sleepModule, netModule).runSync(() => serveUntilRung(new Bell(workerData)));
