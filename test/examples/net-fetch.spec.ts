import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { NetProgram, STRATEGIES, within } from './net-program.js';

const OK = 'HTTP/1.1 200 OK\r\n';

/** The response that is served, and the expected output; both text, one character for each byte (latin1). */
const PRINTED: Record<string, [answer: string, output: string]> = {
  'a reason that looks like a status': [
    'HTTP/1.1 200 not 204\r\nContent-Length: 2\r\n\r\nok',
    'HTTP/1.1 200 not 204\ncontent-length: 2\n\nok',
  ],
  'no body after 304': ['HTTP/1.1 304 x\r\nContent-Length: 2\r\n\r\n', 'HTTP/1.1 304 x\ncontent-length: 2\n\n'],
  'a status without a reason': ['HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok', 'HTTP/1.1 200\ncontent-length: 2\n\nok'],
  'fields beyond ASCII, as they are': [
    `${OK}X: caf\xe9\r\nY: \xe2\x98\x95\r\nContent-Length: 2\r\n\r\nok`,
    'HTTP/1.1 200 OK\nx: caf\xe9\ny: \xe2\x98\x95\ncontent-length: 2\n\nok',
  ],
  'a length that is said twice': [
    `${OK}Content-Length: 2\r\nContent-Length: 2\r\n\r\nok`,
    'HTTP/1.1 200 OK\ncontent-length: 2, 2\n\nok',
  ],
  'no more than the length': [`${OK}Content-Length: 2\r\n\r\nok, and more`, 'HTTP/1.1 200 OK\ncontent-length: 2\n\nok'],
  'chunks, without what is around them': [
    `${OK}Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n\r\n12345678\r\n0\r\nTrailer: x\r\n\r\n`,
    'HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\nabc\r\n12345678',
  ],
  'lines that end with LF alone': [`${OK}Content-Length: 2\n\nok`, 'HTTP/1.1 200 OK\ncontent-length: 2\n\nok'],
};

/** The response that is served, the expected output, and the expected error. */
const REFUSED: Record<string, [answer: string, output: RegExp, error: string]> = {
  'an answer that is none': ['SSH-2.0-x\r\n', /^$/, "no HTTP/1.1, but 'SSH-2.0-x'"],
  'no answer': ['', /^$/, 'the answer ended too early'],
  'a field that is none': [`${OK}nonsense\r\n\r\n`, /^$/, 'bad header field'],
  'a long line': [`${OK}X: ${'a'.repeat(9000)}\r\n\r\n`, /^$/, 'a line of more than 8192 bytes'],
  'many fields': [`${OK}${'a: b\r\n'.repeat(101)}\r\n`, /^$/, 'more than 100 header fields'],
  'two lengths': [`${OK}Content-Length: 1\r\nContent-Length: 12\r\n\r\nx`, /\n\n$/, 'bad Content-Length'],
  'a body that ends too early': [`${OK}Content-Length: 9\r\n\r\nhello`, /\n\nhello$/, 'ended after 5 bytes of 9'],
  'a chunk that ends too early': [
    `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n5\r\ncde`,
    /\n\nabcde$/,
    'ended after 3 bytes of 5',
  ],
  'a chunk longer than its size': [
    `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n`,
    /\n\nab$/,
    'a chunk longer than its size',
  ],
};

/** Each test runs one `http-fetch` against a server that sends the given bytes. */
function describeFetch(strategy: string, tests: (fetch: () => Fetch) => void): void {
  describe(`http-fetch under ${strategy}, of raw answers`, () => {
    let server: Server;
    let fetch: Fetch;

    beforeEach(async () => {
      server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const program = new NetProgram('http-fetch', '--strategy', strategy, `http://127.0.0.1:${port}/`);
      const [socket] = await within(once(server, 'connection'), () => 'nobody connected');
      await once(socket, 'data');
      fetch = { program, socket };
    });

    afterEach(async () => {
      await fetch?.program.kill();
      server.close();
    });

    tests(() => fetch);
  });
}

interface Fetch {
  readonly program: NetProgram;
  /** Has asked. */
  readonly socket: Socket;
}

// Under one strategy only: parsing a response does not depend on how the loop waits.
describeFetch('epoll', fetch => {
  for (const [what, [answer, output]] of Object.entries(PRINTED)) {
    it(`prints ${what}`, async () => {
      const { program, socket } = fetch();
      socket.end(answer, 'latin1');
      expect(await program.exit).to.equal(0);
      expect([program.output, program.errors]).to.deep.equal([utf8(output), '']);
    });
  }

  for (const [what, [answer, output, error]] of Object.entries(REFUSED)) {
    it(`rejects ${what}, with an error of one line`, async () => {
      const { program, socket } = fetch();
      socket.end(answer, 'latin1');
      expect(await program.exit).to.equal(1);
      expect(program.output).to.match(output);
      expect(program.errors)
        .to.match(/^http-fetch: .*\n$/)
        .and.to.contain(error);
    });
  }
});

const BODIES = [
  ['with a length', 'Content-Length: 13', '', ''],
  ['in a chunk', 'Transfer-Encoding: chunked', 'd\r\n', '\r\n0\r\n\r\n'],
  ['without a length', 'X: y', '', ''],
] as const;

for (const strategy of STRATEGIES) {
  describeFetch(strategy, fetch => {
    for (const [kind, field, before, after] of BODIES) {
      it(`prints a slow body ${kind} as it arrives`, async () => {
        const { program, socket } = fetch();
        socket.write(`${OK}${field}\r\n\r\n${before}hel`);
        await program.prints(/\n\nhel$/);
        socket.write('lo, wo');
        await program.prints(/\n\nhello, wo$/);
        socket.end(`rld!${after}`);
        expect(await program.exit).to.equal(0);
        expect(program.output).to.match(/\n\nhello, world!$/);
      });
    }
  });
}

/** The text of bytes that are decoded as UTF-8, as the output of programs is here. */
function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString();
}
