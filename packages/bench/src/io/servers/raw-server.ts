// Sends the fixed answer by bare system calls in a loop. Argument: the strategy. Prints its port.
import { ioModule, readable } from '@escapement/io';
import {
  accept,
  bind,
  close,
  type IpAddress,
  listen,
  localAddress,
  PosixError,
  read,
  socket,
  WOULD_BLOCK,
  write,
} from '@escapement/posix';
import { createLoop, spawn } from 'escapement';
import { ANSWER } from '../answer.js';
import type { ServerStrategy } from '../processes/server-kinds.js';
import { STRATEGY_MODULES } from '../strategy-modules.js';

const buffer = new Uint8Array(65536);

await createLoop(STRATEGY_MODULES[process.argv[2] as ServerStrategy], ioModule).run(function* () {
  const listener = socket('ipv4');
  bind(listener, { family: 'ipv4', host: '127.0.0.1', port: 0 });
  listen(listener);
  console.log((localAddress(listener) as IpAddress).port);
  const ready = readable(listener);
  for (;;) {
    yield* ready;
    for (let fd = accept(listener); fd !== WOULD_BLOCK; fd = accept(listener)) yield* spawn(serve(fd));
  }
});

function* serve(fd: number) {
  const ready = readable(fd);
  try {
    for (;;) {
      yield* ready;
      const size = read(fd, buffer);
      if (size === 0) break;
      if (size !== WOULD_BLOCK) write(fd, ANSWER);
    }
  } catch (error) {
    // The client has closed the connection.
    if (!(error instanceof PosixError)) throw error;
  } finally {
    close(fd);
  }
}
