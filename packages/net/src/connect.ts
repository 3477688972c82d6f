import type { Coroutine } from '@escapement/core';
import { type Writable, writable } from '@escapement/io';
import { close, connect, formatAddress, PosixError, type SocketAddress, socket, takeError } from '@escapement/posix';
import { type SleepFor, sleep } from '@escapement/sleep';
import { ipSocket } from './ip-socket.js';

/** In milliseconds: how long to wait for room in the queue of a Unix listener. The system reports no event for that. */
const QUEUE_FULL_DELAY = 1;

/**
 * @internal A connected stream socket. Closes the socket if the connect fails or the task is cancelled.
 * @throws PosixError
 */
export function* connectedSocket(to: SocketAddress): Coroutine<number, Writable | SleepFor> {
  const fd = to.family === 'unix' ? socket('unix') : ipSocket(to);
  try {
    if (!(yield* begin(fd, to))) {
      yield* writable(fd);
      const failure = takeError(fd, 'connect', formatAddress(to));
      if (failure !== undefined) throw failure;
    }
    return fd;
  } catch (error) {
    close(fd);
    throw error;
  }
}

function* begin(fd: number, to: SocketAddress): Coroutine<boolean, SleepFor> {
  for (;;) {
    try {
      return connect(fd, to);
    } catch (error) {
      if (to.family !== 'unix' || !(error instanceof PosixError && error.code === 'EAGAIN')) throw error;
    }
    yield* sleep(QUEUE_FULL_DELAY);
  }
}
