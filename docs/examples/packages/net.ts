import { spawn } from '@escapement/core';
import { epollModule, ioModule } from '@escapement/io';
import { netModule, TcpListener, TcpStream } from '@escapement/net';
import { sleepModule } from '@escapement/sleep/module';
import { createLoop } from '@escapement/wiring';

function* greet(client: TcpStream) {
  const name = yield* client.readLine();
  yield* client.write(`Good morning, ${name}!\n`);
}

function* ask(port: number, name: string) {
  using stream = yield* TcpStream.connect({ port });
  yield* stream.write(`${name}\n`);
  console.log(yield* stream.readLine());
}

createLoop(epollModule, ioModule, sleepModule, netModule).runSync(function* () {
  using listener = TcpListener.listen(); // any free port of 127.0.0.1
  yield* spawn(listener.serve(greet), { name: 'server', daemon: true });
  for (const name of ['Ann', 'Bob']) yield* ask(listener.address.port, name);
});
