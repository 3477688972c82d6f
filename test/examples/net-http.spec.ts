import { Agent, createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as later } from 'node:timers/promises';
import { expect } from 'chai';
import { NetProgram, outputOrSkip, Peer, STRATEGIES, underEachStrategy, within } from './net-program.js';

underEachStrategy('http-hello', 'SIGTERM', port => {
  async function rawAnswer(request: string): Promise<string> {
    const peer = await Peer.connect(port());
    peer.send(request);
    const answer = await peer.ended();
    return answer.replaceAll(/^Date: .*\r\n/gm, '');
  }

  it('answers one request after the other on a connection of node:http', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const sockets = new Set<unknown>();
    try {
      for (const [path, body] of [
        ['/', undefined],
        ['/echo', 'some text'],
        ['/echo', 'x'.repeat(200_000)],
      ] as const) {
        const { message, content } = await exchange(
          { port: port(), path, agent, method: body === undefined ? 'GET' : 'POST' },
          body,
        );
        expect(message.statusCode).to.equal(200);
        expect(content).to.equal(body ?? 'Hello, world!\n');
        sockets.add(message.socket);
      }
    } finally {
      agent.destroy();
    }
    expect(sockets.size).to.equal(1);
  });

  it('accepts chunked bodies, from node:http', async () => {
    const chunks = ['one ', 'two ', 'three'];
    const { content } = await exchange({ port: port(), path: '/echo', method: 'POST' }, chunks);
    expect(content).to.equal('one two three');
  });

  it('answers 404 for an unknown path', async () => {
    expect((await exchange({ port: port(), path: '/nothing' })).message.statusCode).to.equal(404);
  });

  it('finds a resource by path, with a query, and in absolute form', async () => {
    const targets = ['/', '/?a=1', 'http://a/', 'http://a', 'HTTP://a:80/?a=1', 'http://a?a=/x'];
    const others = ['?a=1', '*', 'http:///', '/http://a/', 'https://a/'];
    for (const target of [...targets, ...others]) {
      const answer = await rawAnswer(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      expect(answer, target).to.match(targets.includes(target) ? /^HTTP\/1\.1 200 / : /^HTTP\/1\.1 404 /);
    }
  });

  for (const [what, bytes] of [
    ['lines that end with a line feed alone', 'GET / HTTP/1.1\nHost: a\n\n'],
    ['TLS', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03'],
  ] as const) {
    it(`rejects ${what} at once`, async () => {
      expect(await rawAnswer(bytes)).to.match(/^HTTP\/1\.1 400 /);
    });
  }

  it('answers HEAD without a body', async () => {
    const { message, content } = await exchange({ port: port(), path: '/', method: 'HEAD' });
    expect([message.headers['content-length'], content]).to.deep.equal(['14', '']);
    expect(Date.parse(message.headers.date!)).to.be.closeTo(Date.now(), 60_000);
  });

  it('answers pipelined requests in their order, and hangs up when it is asked to', async () => {
    const echo = (body: string) => `POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const last = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const answer = await rawAnswer(`${echo('one')}${echo('two')}\r\n${echo('three')}${last}`);
    expect(answer.match(/one|two|three|Hello, world!/g)).to.deep.equal(['one', 'two', 'three', 'Hello, world!']);
    expect(answer.match(/^Connection: .*(?=\r)/gm)).to.deep.equal([
      ...['Connection: keep-alive', 'Connection: keep-alive', 'Connection: keep-alive', 'Connection: close'],
    ]);
  });

  it('hangs up on HTTP/1.0', async () => {
    expect(await rawAnswer('GET / HTTP/1.0\r\n\r\n')).to.match(/^HTTP\/1\.1 200 OK\r\n[\s\S]*Hello, world!\n$/);
  });

  it('sends 100 Continue to a client that waits for it', async () => {
    const peer = await Peer.connect(port());
    peer.send(
      'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n',
    );
    await peer.receives('HTTP/1.1 100 Continue\r\n\r\n');
    peer.send('body');
    expect(await peer.ended()).to.match(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nbody$/);
  });

  it('answers the requests before a bad one, then 400, and hangs up', async () => {
    const answer = await rawAnswer(
      'GET / HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n',
    );
    expect(answer.match(/^HTTP.*(?=\r)/gm)).to.deep.equal(['HTTP/1.1 200 OK', 'HTTP/1.1 400 Bad Request']);
  });

  it('rejects a head that does not end, while the client goes on sending', async () => {
    expect(await rawAnswer(`GET / HTTP/1.1\r\nA: ${'a'.repeat(300_000)}`)).to.match(/^HTTP\/1\.1 431 /);
  });

  it('rejects a body that is too large before it arrives', async () => {
    const answer = await rawAnswer('POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\nab');
    expect(answer).to.match(/^HTTP\/1\.1 413 /);
  });

  it('survives clients that disconnect in the middle of a request', async () => {
    for (const start of [
      'GET / HT',
      'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc',
      'bad\r\n\r\n',
    ]) {
      const peer = await Peer.connect(port());
      peer.send(start);
      peer.socket.resetAndDestroy();
      await peer.ended();
    }
    expect((await exchange({ port: port(), path: '/' })).content).to.equal('Hello, world!\n');
  });

  it('talks to curl', async function () {
    const curl = (path: string, ...args: string[]) =>
      outputOrSkip(this, 'curl', 'curl', '-sS', '--max-time', '10', ...args, `http://127.0.0.1:${port()}${path}`);
    expect(await curl('/', '-i')).to.match(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nHello, world!\n$/);
    expect(await curl('/echo', '-d', 'some text')).to.equal('some text');
    expect(await curl('/echo', '-d', 'some text', '-H', 'Transfer-Encoding: chunked')).to.equal('some text');
    expect(await curl('/nothing', '-o', '/dev/null', '-w', '%{http_code}')).to.equal('404');
  });
});

describe('http-hello, with a clock that runs twenty times as fast', () => {
  let server: { readonly program: NetProgram; readonly port: number };

  before(async () => {
    const { NODE_OPTIONS = '' } = process.env;
    const hurry = 'const now = performance.now.bind(performance); performance.now = () => 20 * now();';
    process.env.NODE_OPTIONS = `${NODE_OPTIONS} --import data:text/javascript,${encodeURIComponent(hurry)}`;
    // The only strategy that needs just a clock: the others wait by the system's clock.
    const serving = NetProgram.serve('http-hello', 'busy-wait');
    process.env.NODE_OPTIONS = NODE_OPTIONS;
    server = await serving;
  });

  after(() => server?.program.kill());

  it('closes connections that take too long for a request, and no others', async () => {
    const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
    const silent = await Peer.connect(server.port);
    const slow = await Peer.connect(server.port);
    const idle = await Peer.connect(server.port);
    const busy = await Peer.connect(server.port);
    idle.send(request);
    const received = Promise.all([silent.ended(), slow.ended(), idle.ended()]);
    while ((await Promise.race([received, later(20)])) === undefined) {
      busy.send(request);
      slow.send('x');
    }
    expect(await received).to.deep.equal(['', '', idle.received]);
    expect(idle.received).to.match(/^HTTP\/1\.1 200 /);
    expect(busy.socket.readyState).to.equal('open');
    busy.close();
    expect(server.program.errors).to.equal('');
  });
});

interface Exchange {
  readonly message: IncomingMessage;
  readonly content: string;
}

/** By node:http; several pieces of a body go out chunked. */
function exchange(options: object, body?: string | readonly string[]): Promise<Exchange> {
  const answer = new Promise<Exchange>((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', agent: false, ...options }, message => {
      text(message).then(content => resolve({ message, content }), reject);
    });
    request.on('error', reject);
    if (typeof body === 'string') request.end(body);
    else {
      for (const piece of body ?? []) request.write(piece);
      request.end();
    }
  });
  return within(answer, () => 'no answer');
}

for (const strategy of STRATEGIES) {
  describe(`http-fetch under ${strategy}`, () => {
    let server: Server;
    const long = 'long '.repeat(50_000);

    before(async () => {
      server = createServer((request, response) => {
        response.sendDate = false;
        switch (request.url) {
          case '/length':
            response.setHeader('X-Twice', ['a', 'b']);
            return response.setHeader('Content-Length', 6).end('hello\n');
          case '/chunked?long=yes':
            response.write(long);
            return response.end('end\n');
          case '/close':
            response.useChunkedEncodingByDefault = false;
            response.write('until ');
            return response.end('the close\n');
          case '/none':
            return response.writeHead(204).end();
          case '/hints':
            response.writeEarlyHints({ link: '</style.css>; rel=preload' });
            return response.end('after the hints\n');
          case '/broken':
            return response.socket!.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort');
          default:
            return response.socket!.end('SSH-2.0-OpenSSH_9.2\r\n\r\n');
        }
      }).listen(0, '127.0.0.1');
      await new Promise(resolve => server.once('listening', resolve));
    });

    after(() => {
      server.closeAllConnections();
      server.close();
    });

    async function fetched(path: string) {
      const { port } = server.address() as AddressInfo;
      const program = new NetProgram('http-fetch', '--strategy', strategy, `http://127.0.0.1:${port}${path}`);
      const exit = await program.exit;
      const [head = '', ...body] = program.output.split('\n\n');
      return { exit, head, body: body.join('\n\n'), errors: program.errors };
    }

    it('prints status, header fields and body', async () => {
      const { exit, head, body, errors } = await fetched('/length');
      expect({ exit, body, errors }).to.deep.equal({ exit: 0, body: 'hello\n', errors: '' });
      expect(head.split('\n')).to.include.members(['HTTP/1.1 200 OK', 'content-length: 6', 'x-twice: a, b']);
    });

    it('joins chunks, and without a length reads until the end of the connection', async () => {
      const chunked = await fetched('/chunked?long=yes');
      expect(chunked.exit).to.equal(0);
      expect(chunked.body === `${long}end\n`).to.equal(true);
      expect(chunked.head).to.contain('transfer-encoding: chunked');
      const { exit, head, body } = await fetched('/close');
      expect({ exit, body }).to.deep.equal({ exit: 0, body: 'until the close\n' });
      expect(head).to.not.match(/transfer-encoding|content-length/);
    });

    it('handles responses without a body, and 1xx responses before the final one', async () => {
      const none = await fetched('/none');
      expect(none).to.include({ exit: 0, errors: '' });
      expect(none.head).to.contain('HTTP/1.1 204 No Content');
      expect(await fetched('/hints')).to.include({ exit: 0, body: 'after the hints\n' });
    });

    it('fails if the response is cut short or is not HTTP', async () => {
      const broken = await fetched('/broken');
      expect(broken.exit).to.equal(1);
      expect(broken.errors).to.contain('ended after 5 bytes');
      const strange = await fetched('/strange');
      expect(strange.exit).to.equal(1);
      expect(strange.errors).to.contain('no HTTP');
    });

    it('fetches from http-hello', async () => {
      const { program, port } = await NetProgram.serve('http-hello', strategy);
      try {
        const client = new NetProgram('http-fetch', '--strategy', strategy, `http://127.0.0.1:${port}/`);
        expect(await client.exit).to.equal(0);
        expect(client.output).to.match(/^HTTP\/1\.1 200 OK\n[\s\S]*\n\nHello, world!\n$/);
      } finally {
        await program.kill();
      }
    });
  });
}
