import { constants as osConstants } from 'node:os';
import { isOnlyTheConnections, openPipe, type ServeOptions, TcpListener, TcpStream } from '@escapement/net';
import { PosixError } from '@escapement/posix';
import { UnexpectedEndError } from '@escapement/streams';
import { expect } from 'chai';
import {
  type Coroutine,
  currentTask,
  pause,
  scope,
  sleep,
  spawn,
  supervise,
  type Task,
  timeout,
  type Yieldable,
} from 'escapement';
import { codeOf, type NetEvent, readAll, textOf, underEach, warmUp, writeForEver } from './net-loop.js';

function* echo(stream: TcpStream): Coroutine<void, NetEvent> {
  for (let bytes = yield* stream.read(); bytes !== undefined; bytes = yield* stream.read()) yield* stream.write(bytes);
  stream.end();
}

/** A port without a listener. */
function deadEnd() {
  using listener = TcpListener.listen();
  return listener.address;
}

/** Runs `body` and a server at the same time; `server` ends when the listener is closed. */
function* withServer(
  handle: (stream: TcpStream) => Yieldable<unknown, NetEvent>,
  body: (
    listener: TcpListener,
    server: Task<void>,
    connect: () => Coroutine<TcpStream, NetEvent>,
  ) => Coroutine<void, NetEvent>,
  options?: ServeOptions<TcpStream>,
): Coroutine<void, NetEvent> {
  using listener = TcpListener.listen();
  const connect = () => TcpStream.connect({ port: listener.address.port });
  // `join` throws the error of a server that fails; without a join it is thrown at the end.
  yield* supervise(
    (function* () {
      const server = yield* spawn(listener.serve(handle, options), { name: 'server' });
      yield* body(listener, server, connect);
      listener.close();
    })(),
  );
}

describe('net: serve', () => {
  before(warmUp);

  underEach('11. runs a task for each connection, and closes its stream', () =>
    withServer(
      function* (stream) {
        yield* stream.write(`welcome, ${yield* stream.readLine()}\n`);
      },
      function* (_listener, _server, connect) {
        const clients: TcpStream[] = [];
        for (let n = 0; n < 20; n++) clients.push(yield* connect());
        for (const [n, client] of clients.entries()) yield* client.write(`client ${n}\n`);
        for (const [n, client] of clients.entries()) {
          expect((yield* readAll(client)).toString()).to.equal(`welcome, client ${n}\n`);
          client.close();
        }
      },
    ),
  );

  underEach('11. returns, after the listener is closed, when the last connection is done', () =>
    withServer(echo, function* (listener, server, connect) {
      using client = yield* connect();
      yield* client.write('before');
      expect(textOf(yield* client.readExactly(6))).to.equal('before');
      listener.close();
      yield* sleep(5);
      expect(server.isEnded).to.equal(false);
      yield* client.write('after');
      client.end();
      expect((yield* readAll(client)).toString()).to.equal('after');
      yield* server.join();
    }),
  );

  underEach('11. when it is cancelled, cancels its connections and closes their streams', () =>
    withServer(echo, function* (_listener, server, connect) {
      const clients = [yield* connect(), yield* connect(), yield* connect()];
      yield* sleep(5);
      server.cancel();
      expect(yield* codeOf(server.join())).to.equal('ESC_TASK_CANCELLED');
      for (const client of clients) {
        expect(yield* client.read()).to.equal(undefined);
        client.close();
      }
    }),
  );

  underEach('11. closes the stream of a connection that is cancelled before its first step', function* () {
    for (let steps = 0; steps < 12; steps++) {
      using listener = TcpListener.listen();
      const clients: TcpStream[] = [];
      for (let n = 0; n < 5; n++) clients.push(yield* TcpStream.connect({ port: listener.address.port }));
      const server = yield* spawn(listener.serve(echo));
      for (let n = 0; n < steps; n++) yield* pause();
      server.cancel();
      expect(yield* codeOf(server.join())).to.equal('ESC_TASK_CANCELLED');
      listener.close();
      for (const client of clients) {
        expect(yield* codeOf(client.read())).to.be.oneOf(['nothing', 'ECONNRESET']);
        client.close();
      }
    }
  });

  const faults: Record<string, (client: TcpStream) => Coroutine<void, NetEvent>> = {
    'a reset': function* (client) {
      yield* client.write('answer me\n');
      yield* sleep(5);
      client.close();
    },
    'an end too early': function* (client) {
      yield* client.write('half a message');
      client.close();
    },
    'a line too long': function* (client) {
      yield* client.write(Buffer.alloc(100_000, 'x'));
      yield* codeOf(client.read());
      client.close();
    },
  };

  underEach('11. is not ended by a peer that announces more bytes than a stream can hold', () =>
    withServer(
      function* (stream) {
        const header = yield* stream.readExactly(4);
        yield* stream.readExactly(Buffer.from(header).readUInt32BE());
        yield* stream.write('!');
      },
      function* (_listener, server, connect) {
        using hostile = yield* connect();
        yield* hostile.write(new Uint8Array([255, 255, 255, 255]));
        expect(yield* hostile.read()).to.equal(undefined);
        expect(server.isEnded).to.equal(false);
        using next = yield* connect();
        yield* next.write(new Uint8Array([0, 0, 0, 1, 7]));
        expect((yield* next.read())!.length).to.equal(1);
      },
    ),
  );

  for (const [fault, commit] of Object.entries(faults)) {
    underEach(`11. is not ended by ${fault}`, () =>
      withServer(
        function* (stream) {
          const line = yield* stream.readLine();
          for (let n = 0; n < 3; n++) {
            yield* stream.write(`${line}\n`);
            yield* sleep(2);
          }
          yield* stream.readExactly(4);
        },
        function* (_listener, server, connect) {
          yield* commit(yield* connect());
          yield* sleep(20);
          expect(server.isEnded).to.equal(false);
          using next = yield* connect();
          yield* next.write('next\n');
          expect(yield* next.readLine()).to.equal('next');
          yield* next.write('1234');
          yield* readAll(next);
        },
      ),
    );
  }

  underEach('11. is not ended by a peer that is gone before `end`', () =>
    withServer(
      function* (stream) {
        yield* stream.read();
        yield* sleep(20);
        stream.end();
      },
      function* (_listener, server, connect) {
        const client = yield* connect();
        yield* client.write('x');
        yield* sleep(5);
        client.close();
        const other = yield* connect();
        yield* other.write('x');
        yield* sleep(40);
        other.close();
        expect(server.isEnded).to.equal(false);
      },
    ),
  );

  underEach('11. is not ended by a reset that is reported at the end', () =>
    withServer(
      function* (stream) {
        yield* stream.write('never read by the client');
        expect(yield* stream.readLine()).to.equal('x');
        yield* sleep(20);
        stream.end();
      },
      function* (_listener, server, connect) {
        const client = yield* connect();
        yield* client.write('x\n');
        yield* sleep(5);
        client.close();
        yield* sleep(40);
        expect(server.isEnded).to.equal(false);
      },
    ),
  );

  underEach('11. is ended by a bug of the program, with all its connections', () =>
    withServer(
      function* (stream) {
        if ((yield* stream.readLine()) === 'fail') throw new TypeError('a bug');
        yield* stream.read();
      },
      function* (_listener, server, connect) {
        const bystander = yield* connect();
        const client = yield* connect();
        yield* client.write('fail\n');
        let thrown: unknown;
        try {
          yield* server.join();
        } catch (error) {
          thrown = error;
        }
        expect(thrown).to.be.instanceOf(TypeError);
        expect(yield* bystander.read()).to.equal(undefined);
        bystander.close();
        client.close();
      },
    ),
  );

  underEach('11. lets `failed` decide what ends the server', function* () {
    const failures: unknown[] = [];
    yield* withServer(
      function* (stream) {
        const line = yield* stream.readLine();
        if (line === 'bug') throw new TypeError('a bug');
        yield* stream.readExactly(9);
      },
      function* (_listener, server, connect) {
        for (const text of ['bug\n', 'x\n1234']) {
          const client = yield* connect();
          yield* client.write(text);
          client.end();
          yield* readAll(client);
          client.close();
        }
        expect(server.isEnded).to.equal(false);
        expect(failures[0]).to.be.instanceOf(TypeError);
        expect(failures[1]).to.be.instanceOf(UnexpectedEndError);
      },
      { failed: error => failures.push(error) },
    );
  });

  underEach('11. gives `failed` the address of the peer, even if the peer is gone', function* () {
    const log: string[] = [];
    yield* withServer(
      function* (stream) {
        yield* stream.readLine();
        yield* stream.write('never read: a reset');
        yield* stream.readExactly(10);
      },
      function* (_listener, server, connect) {
        const client = yield* connect();
        const { port } = client.local;
        yield* client.write('x\n');
        yield* sleep(5);
        client.close();
        yield* sleep(40);
        expect(server.isEnded).to.equal(false);
        expect(log).to.deep.equal([`ECONNRESET of 127.0.0.1:${port}, TCP stream to 127.0.0.1:${port}, true`]);
      },
      {
        failed: (error, stream) => {
          const { host, port } = stream.remote;
          const { code } = error as PosixError;
          log.push(`${code} of ${host}:${port}, ${stream.describe()}, ${isOnlyTheConnections(error)}`);
        },
      },
    );
  });

  it('11. takes a system error that only a bug can cause for a bug', () => {
    const bug = new PosixError(osConstants.errno.EBADF, 'read');
    const world = new PosixError(osConstants.errno.EHOSTUNREACH, 'connect');
    expect(isOnlyTheConnections(bug)).to.equal(false);
    expect(isOnlyTheConnections(world)).to.equal(true);
    expect(isOnlyTheConnections(new AggregateError([world, world]))).to.equal(true);
    expect(isOnlyTheConnections(new AggregateError([world, bug]))).to.equal(false);
    expect(isOnlyTheConnections('text')).to.equal(false);
  });

  underEach('11. gives `failed` the error that `handle` throws instead of returning a coroutine', function* () {
    const failures: unknown[] = [];
    yield* withServer(
      () => {
        throw new TypeError('at once');
      },
      function* (_listener, server, connect) {
        using client = yield* connect();
        expect(yield* client.read()).to.equal(undefined);
        expect(server.isEnded).to.equal(false);
      },
      { failed: error => failures.push(error) },
    );
    expect(String(failures)).to.equal('TypeError: at once');
  });

  underEach('11. lets a connection close its own stream, or the listener', () =>
    withServer(
      function* (stream) {
        stream.close();
      },
      function* (_listener, _server, connect) {
        for (let n = 0; n < 5; n++) {
          using client = yield* connect();
          expect(yield* client.read()).to.equal(undefined);
        }
      },
    ),
  );

  const ownDoings: Record<string, (stream: TcpStream) => Coroutine<void, NetEvent>> = {
    'a reset that a task of the connection hears of': function* (stream) {
      yield* spawn(writeForEver(stream));
      yield* sleep(1000);
    },
    'a stream that another task of ours closes while it is read': function* (stream) {
      yield* spawn(
        (function* () {
          yield* sleep(5);
          stream.close();
        })(),
      );
      yield* stream.readLine();
    },
    'a time that was up': function* (stream) {
      yield* timeout(2, stream.readLine());
    },
    'an upstream that refuses': function* () {
      const { port } = deadEnd();
      yield* TcpStream.connect({ port });
    },
    'a task that uses another stream, which its connection has closed': function* () {
      const { reader, writer } = openPipe();
      yield* spawn(reader.read());
      yield* pause();
      reader.close();
      writer.close();
    },
    'a connection that cancels itself': function* () {
      (yield* currentTask()).cancel('dropped');
      yield* pause();
    },
  };

  for (const [doing, handle] of Object.entries(ownDoings)) {
    underEach(`11. is not ended by ${doing}`, () =>
      withServer(handle, function* (_listener, server, connect) {
        const client = yield* connect();
        yield* sleep(10);
        client.close();
        yield* sleep(20);
        expect(server.isEnded).to.equal(false);
      }),
    );
  }

  underEach('11. is ended by a bug in a task of a connection', () =>
    withServer(
      function* () {
        yield* spawn(
          (function* () {
            yield* pause();
            throw new TypeError('a bug');
          })(),
        );
      },
      function* (_listener, server, connect) {
        using _client = yield* connect();
        expect(yield* codeOf(server.join())).to.equal('TypeError: a bug');
      },
    ),
  );

  underEach('11. accepts a handler that returns an iterable that is not a generator', () =>
    withServer(
      stream => scope(echo(stream)),
      function* (_listener, _server, connect) {
        using client = yield* connect();
        yield* client.write('hello');
        client.end();
        expect((yield* readAll(client)).toString()).to.equal('hello');
      },
    ),
  );

  underEach('11. accepts no connection if the listener is closed before it begins', function* () {
    const listener = TcpListener.listen();
    listener.close();
    yield* listener.serve(echo);
  });
});
