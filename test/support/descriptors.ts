import { readdirSync } from 'node:fs';
import { Interest, type Selector } from '@escapement/io';
import {
  accept,
  bind,
  close,
  connect,
  listen,
  localAddress,
  PosixError,
  pipe,
  type SocketAddress,
  socket,
  write,
} from '@escapement/posix';
import { expect } from 'chai';

/** The open descriptors of this process: all threads share them. */
export function openDescriptors(): number {
  // Reading the folder takes one.
  return readdirSync('/proc/self/fd').length - 1;
}

/** A number that no descriptor of this process has. */
export const NOT_OPEN = 999_999;

/** Closes what a test opened, in the order in which it came. */
export class Opened {
  readonly #fds: number[] = [];

  add<T extends number | Readonly<Record<string, number>>>(opened: T): T {
    this.#fds.push(...(typeof opened === 'number' ? [opened] : Object.values(opened)));
    return opened;
  }

  closeAll(): void {
    for (const fd of this.#fds.splice(0)) {
      try {
        close(fd);
      } catch (error) {
        if (!(error instanceof PosixError)) throw error;
      }
    }
  }
}

/** Each test of the surrounding `describe` has to close what it opened; descriptors that it added are closed for it. */
export function givingBackDescriptors(): Opened {
  const opened = new Opened();
  let atFirst: number;
  beforeEach(() => {
    atFirst = openDescriptors();
  });
  afterEach(() => {
    opened.closeAll();
    expect(openDescriptors(), 'open descriptors').to.equal(atFirst);
  });
  return opened;
}

/** Two ends of a connection. */
export function connectedPair(at: SocketAddress = { family: 'ipv4', host: '127.0.0.1', port: 0 }): {
  readonly client: number;
  readonly server: number;
} {
  const listener = socket(at.family);
  bind(listener, at);
  listen(listener);
  const client = socket(at.family);
  connect(client, localAddress(listener));
  const server = accept(listener);
  close(listener);
  expect(server, 'on loopback the connection is there at once').to.be.at.least(0);
  return { client, server };
}

/** Lets the selector watch a descriptor that is readable. @returns what undoes that */
export function makeReadable(selector: Selector): () => void {
  const { reader, writer } = pipe();
  selector.watch(reader, Interest.read);
  write(writer, new Uint8Array([1]));
  return () => {
    selector.watch(reader, Interest.none);
    [reader, writer].forEach(close);
  };
}

let names = 0;

/** A name for a Unix socket that needs no file. */
export function abstractAddress(): SocketAddress {
  return { family: 'unix', path: `\0escapement-test-${process.pid}-${++names}` };
}

/** Calls something that must throw, and returns the error. */
export function failureOf(call: () => unknown): PosixError {
  try {
    call();
  } catch (error) {
    if (error instanceof PosixError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

export function collect(): void {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc');
  globalThis.gc();
}
