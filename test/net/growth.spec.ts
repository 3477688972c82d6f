import { EpollSelector, PollSelector, readable, type Selector, writable } from '@escapement/io';
import { openPipe, UdpSocket, UnixListener, UnixStream } from '@escapement/net';
import { close, pipe, read, write } from '@escapement/posix';
import * as e from 'escapement';
import { ioLoop } from '../io/io-loop.js';
import { MemoryStream, MovedHandler } from '../streams/memory-stream.js';
import { connectedPair } from '../support/descriptors.js';
import { describeGrowth, type Structures } from '../support/growth.js';

// biome-ignore lint/suspicious/noExplicitAny: programs of any events
type Program = e.Coroutine<any, any>;

const ONE = new Uint8Array(1);
const LINE = Buffer.from('line\n');

/** Lets `n` tasks wait for one pipe, and calls `then` with them and the writing end. */
function waitingForOne(then: (tasks: e.Task[], writer: number) => Program): (n: number) => Program {
  return function* (n) {
    const { reader, writer } = pipe();
    try {
      yield* e.scope(function* (): Program {
        const tasks: e.Task[] = [];
        for (let place = 0; place < n; place++) tasks.push(yield* e.spawn(readable(reader)));
        yield* e.pause();
        yield* then(tasks, writer);
      });
    } catch (error) {
      if (!(error instanceof AggregateError)) throw error;
    } finally {
      close(writer);
      if (!isClosed.delete(reader)) close(reader);
    }
  };
}
const isClosed = new Set<number>();

const DESCRIPTORS: Structures = {
  'tasks that wait for one descriptor and are cancelled': waitingForOne(function* (tasks) {
    for (let place = 0; place < tasks.length; place++) tasks[(place + (tasks.length >> 1)) % tasks.length]!.cancel();
    yield* e.pause();
  }),
  'tasks that wait for one descriptor until it is ready': waitingForOne(function* (_tasks, writer) {
    write(writer, ONE);
    yield* e.pause();
  }),
  'waits for one descriptor in turn': function* (n) {
    const { reader, writer } = pipe();
    for (let round = 0; round < n; round++) {
      write(writer, ONE);
      yield* readable(reader);
      read(reader, ONE);
    }
    close(reader);
    close(writer);
  },
  'descriptors that are opened, waited for and closed in turn': function* (n) {
    for (let round = 0; round < n / 4; round++) {
      const { reader, writer } = pipe();
      yield* writable(writer);
      const task: e.Task = yield* e.spawn(readable(reader));
      yield* e.pause();
      task.cancel();
      close(reader);
      close(writer);
    }
  },
  'descriptors that are waited for at the same time': function* (n) {
    const pipes = Array.from({ length: Math.min(n, 400) }, () => pipe());
    yield* e.scope(function* (): Program {
      for (let round = 0; round < n / 400; round++) {
        const tasks: e.Task[] = [];
        for (const { reader } of pipes) tasks.push(yield* e.spawn(readable(reader)));
        yield* e.pause();
        for (const task of tasks) task.cancel();
      }
    });
    for (const { reader, writer } of pipes) {
      close(reader);
      close(writer);
    }
  },
  'deadlines of waits for a descriptor': function* (n) {
    const { client, server } = connectedPair({ family: 'unix', path: '' });
    for (let round = 0; round < n / 4; round++) yield* e.timeout(1000 + round, writable(client));
    close(client);
    close(server);
  },
};

const STREAMS: Structures = {
  'connections of serve': function* (n) {
    const listener = UnixListener.listen('');
    yield* e.scope(function* (): Program {
      yield* e.spawn(listener.serve(echo));
      for (let count = 0; count < n / 20; count++) {
        using stream: UnixStream = yield* UnixStream.connect(listener.address.path);
        yield* stream.write('line\n');
        yield* stream.readLine();
      }
      listener.close();
    });
  },
  'connections of serve that all fail': function* (n) {
    const listener = UnixListener.listen('');
    yield* e.scope(function* (): Program {
      yield* e.spawn(listener.serve(failing, { failed() {} }));
      for (let count = 0; count < n / 20; count++) {
        using stream: UnixStream = yield* UnixStream.connect(listener.address.path);
        yield* stream.read();
      }
      listener.close();
    });
  },
  'accepts that are cancelled': function* (n) {
    using listener = UnixListener.listen('');
    const tasks: e.Task[] = [];
    yield* e.scope(function* (): Program {
      for (let count = 0; count < n; count++) tasks.push(yield* e.spawn(listener.accept()));
      yield* e.pause();
      for (const task of tasks) task.cancel();
    });
  },
  'lines through a pipe': function* (n) {
    const { reader, writer } = openPipe();
    for (let count = 0; count < n / 4; count++) {
      yield* writer.write(LINE);
      yield* reader.readLine();
    }
    reader.close();
    writer.close();
  },
  datagrams: function* (n) {
    using socket = UdpSocket.open();
    for (let count = 0; count < n / 4; count++) {
      yield* socket.send('x', socket.address);
      yield* socket.receive();
    }
  },
  'lines of a memory stream that come together': function* (n) {
    const stream = memoryStream([Buffer.alloc(n * LINE.length, LINE)]);
    while ((yield* stream.readLine()) !== undefined);
  },
  'a line of a memory stream that comes byte by byte': function* (n) {
    const stream = memoryStream(Array.from({ length: n }, () => ONE));
    yield* stream.readLine(Infinity);
  },
  'bytes of a memory stream that are awaited exactly': function* (n) {
    const stream = memoryStream(Array.from({ length: n }, () => LINE));
    for (let count = 0; count < n; count++) yield* stream.readExactly(LINE.length);
    yield* memoryStream(Array.from({ length: n }, () => ONE)).readExactly(n);
  },
  'pieces of one write to a memory stream': function* (n) {
    const stream = memoryStream([]);
    yield* stream.write(Array.from({ length: n }, () => ONE));
  },
  'writes to a memory stream': function* (n) {
    const stream = memoryStream([]);
    for (let count = 0; count < n; count++) yield* stream.write('text');
  },
};

function* echo(stream: UnixStream): Program {
  for (let bytes = yield* stream.read(); bytes !== undefined; bytes = yield* stream.read()) yield* stream.write(bytes);
}

function* failing(): Program {
  yield* e.pause();
  throw new Error('always');
}

/** One that keeps nothing of what is written, and takes its pieces from the end of a list: `shift` of a long list is slow. */
function memoryStream(pieces: Uint8Array[]): MemoryStream {
  const stream = new MemoryStream();
  pieces.reverse();
  return Object.assign(stream, {
    receive: () => pieces.pop(),
    send: (given: readonly Uint8Array[]) => given.reduce((sum, piece) => sum + piece.length, 0),
  });
}

/** Under a strategy that blocks: nothing but the loop runs. */
function newRun(Kind: new () => Selector = EpollSelector) {
  const { loop } = ioLoop('epoll', Kind, { handlers: [new MovedHandler()] });
  return (program: () => Program) => loop.run(program as never);
}

describe('growth: io, with the epoll selector', () => describeGrowth(DESCRIPTORS, newRun));
describe('growth: io, with the poll selector', () => describeGrowth(DESCRIPTORS, () => newRun(PollSelector)));
describe('growth: net and streams', () => describeGrowth(STREAMS, newRun));
