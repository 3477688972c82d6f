// Sends the fixed answer through the streams of @escapement/net. Argument: the strategy. Prints its port.
import { ioModule } from '@escapement/io';
import { TcpListener, type TcpStream } from '@escapement/net';
import { createLoop, sleepModule } from 'escapement';
import { ANSWER } from '../answer.js';
import type { ServerStrategy } from '../processes/server-kinds.js';
import { STRATEGY_MODULES } from '../strategy-modules.js';

await createLoop(STRATEGY_MODULES[process.argv[2] as ServerStrategy], ioModule, sleepModule).run(function* () {
  const listener = TcpListener.listen({ host: '127.0.0.1', port: 0 });
  console.log(listener.address.port);
  yield* listener.serve(answerEach);
});

function* answerEach(stream: TcpStream) {
  while ((yield* stream.read()) !== undefined) yield* stream.write(ANSWER);
}
