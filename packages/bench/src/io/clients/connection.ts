import { readable, writable } from '@escapement/io';
import {
  connect,
  PosixError,
  read,
  SocketOption,
  setOption,
  socket,
  takeError,
  WOULD_BLOCK,
  write,
} from '@escapement/posix';
import { ANSWER, REQUEST } from '../answer.js';

const buffer = new Uint8Array(4096);

/** Connects to a server of the benchmark. @returns the descriptor */
export function* connectTo(port: number) {
  const fd = socket('ipv4');
  setOption(fd, SocketOption.noDelay, 1);
  if (connect(fd, { family: 'ipv4', host: '127.0.0.1', port })) return fd;
  yield* writable(fd);
  const error = takeError(fd, 'connect', `127.0.0.1:${port}`);
  if (error !== undefined) throw error;
  return fd;
}

/** Sends one request and reads the whole answer. */
export function* ask(fd: number) {
  write(fd, REQUEST);
  const ready = readable(fd);
  for (let missing = ANSWER.length; missing > 0; ) {
    const size = read(fd, buffer);
    if (size === WOULD_BLOCK) yield* ready;
    else if (size === 0) throw new PosixError(ECONNRESET, 'read', 'the server hung up');
    else missing -= size;
  }
}

const ECONNRESET = 104;
