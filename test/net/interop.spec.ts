import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, connect as nodeConnect } from 'node:net';
import { TcpListener, TcpStream } from '@escapement/net';
import { expect } from 'chai';
import { spawn } from 'escapement';
import { expectDescriptors, netLoop, openDescriptors, readAll, textOf, warmUp } from './net-loop.js';

/** Under `set-timeout` Node's own sockets work in the same thread. */
const run = netLoop('set-timeout').loop;

describe('net: with peers of node:net and node:http', () => {
  before(warmUp);
  let before_: number;
  beforeEach(() => {
    before_ = openDescriptors();
  });
  afterEach(() => expectDescriptors(before_));

  it('our server serves clients of node:net', async () => {
    const clients: Promise<string>[] = [];
    async function client(port: number, n: number): Promise<string> {
      const socket = nodeConnect(port, '127.0.0.1');
      socket.setEncoding('utf8');
      let got = '';
      socket.on('data', data => {
        got += data;
      });
      socket.write(`hello ${n}\n`);
      socket.end(Buffer.alloc(200_000, `${n}`));
      await once(socket, 'close');
      return got;
    }
    await run.run(function* () {
      const listener = TcpListener.listen();
      for (let n = 0; n < 10; n++) clients.push(client(listener.address.port, n));
      let served = 0;
      yield* listener.serve(function* (stream) {
        const greeting = yield* stream.readLine();
        const rest = yield* readAll(stream);
        yield* stream.write([Buffer.from(`${greeting}: `), Buffer.from(`${rest.length}`)]);
        if (++served === 10) listener.close();
      });
    });
    expect(await Promise.all(clients)).to.deep.equal(Array.from({ length: 10 }, (_, n) => `hello ${n}: 200000`));
  });

  it('our client talks to a server of node:net, half-closes and is reset', async () => {
    const server = createServer({ allowHalfOpen: true }, socket => {
      socket.on('error', () => {});
      socket.on('data', data => {
        if (data.toString() === 'reset me') socket.resetAndDestroy();
        else socket.write(data);
      });
      socket.on('end', () => socket.end('bye'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await run.run(function* () {
      using stream = yield* TcpStream.connect({ port });
      yield* stream.write('echo');
      expect(textOf(yield* stream.readExactly(4))).to.equal('echo');
      stream.end();
      expect((yield* readAll(stream)).toString()).to.equal('bye');
      using other = yield* TcpStream.connect({ port });
      yield* other.write('reset me');
      let code: unknown;
      try {
        yield* other.read();
      } catch (error) {
        ({ code } = error as { code: unknown });
      }
      expect(code).to.equal('ECONNRESET');
    });
    server.close();
    await once(server, 'close');
  });

  it('our client speaks HTTP with a server of node:http', async () => {
    const body = 'x'.repeat(100_000);
    const server = createHttpServer((request, response) => {
      response.setHeader('content-length', body.length + request.url!.length);
      response.write(body);
      response.end(request.url);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;

    function* get(stream: TcpStream, path: string) {
      yield* stream.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      expect(yield* stream.readLine()).to.equal('HTTP/1.1 200 OK');
      let length = 0;
      for (let line = yield* stream.readLine(); line !== ''; line = yield* stream.readLine()) {
        const [, size] = /^content-length: (\d+)$/i.exec(line!) ?? [];
        if (size !== undefined) length = Number(size);
      }
      return textOf(yield* stream.readExactly(length));
    }

    await run.run(function* () {
      const clients = [];
      for (let n = 0; n < 5; n++) {
        clients.push(
          yield* spawn(
            (function* () {
              using stream = yield* TcpStream.connect({ host: 'localhost', port });
              // One connection, many requests.
              for (let k = 0; k < 5; k++) expect(yield* get(stream, `/${n}/${k}`)).to.equal(`${body}/${n}/${k}`);
            })(),
          ),
        );
      }
      for (const client of clients) yield* client.join();
    });
    server.close();
    server.closeAllConnections();
    await once(server, 'close').catch(() => {});
  });
});
