import { main } from '@escapement/host';
import { epollModule, ioModule } from '@escapement/io';
import { netModule, TcpListener, TcpStream } from '@escapement/net';
import { createLoop, shield, sleepModule, spawn, timeout } from 'escapement';

const GRACE = 100;

function* server() {
  const listener = TcpListener.listen();
  yield* spawn(client(listener.address.port));
  yield* listener.serve(echo);
}

function* echo(stream: TcpStream) {
  try {
    for (let bytes = yield* stream.read(); bytes !== undefined; bytes = yield* stream.read())
      yield* stream.write(bytes);
  } finally {
    yield* shield(timeout(GRACE, stream.write('good bye')));
    console.log('a connection was tidied up');
  }
}

function* client(port: number) {
  using stream = yield* TcpStream.connect({ port });
  yield* stream.write('hello\n');
  console.log(yield* stream.readLine());
  process.kill(process.pid, 'SIGINT'); // instead of Ctrl-C
  yield* stream.read();
}

await main(createLoop(epollModule, ioModule, sleepModule, netModule), server);
process.exitCode = 0; // instead of 130
