import { expect } from 'chai';
import { load } from './example.js';

const { HttpParser } = await load<typeof import('../../docs/examples/net/http-parser.js')>(
  'docs/examples/net/http-parser.ts',
);

/** Must never be taken for a request of its own, unless it begins where the request before surely ends. */
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';

function post(fields: string, body: string, version = '1.1'): string {
  return `POST / HTTP/${version}\r\nHost: a\r\n${fields}\r\n${body}${SMUGGLED}`;
}

const chunked = (body: string) => post('Transfer-Encoding: chunked\r\n', body);

const REJECTED: Readonly<Record<string, string>> = {
  'a length and chunks': post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
  'chunks and a length': post('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', '0\r\n\r\n'),
  'a length and another coding': post('Content-Length: 5\r\nTransfer-Encoding: identity\r\n', 'abcde'),
  'two lengths': post('Content-Length: 5\r\nContent-Length: 6\r\n', 'abcdef'),
  'two lengths in one field': post('Content-Length: 5, 6\r\n', 'abcdef'),
  'two lengths, differing in a zero': post('Content-Length: 5\r\nContent-Length: 05\r\n', 'abcde'),
  'a list that ends with a comma': post('Content-Length: 5,\r\n', 'abcde'),
  'a negative length': post('Content-Length: -5\r\n', 'abcde'),
  'a length with a plus': post('Content-Length: +5\r\n', 'abcde'),
  'a hexadecimal length': post('Content-Length: 0x5\r\n', 'abcde'),
  'a length with a point': post('Content-Length: 5.0\r\n', 'abcde'),
  'a length with an exponent': post('Content-Length: 5e0\r\n', 'abcde'),
  'a length with an underscore': post('Content-Length: 0_5\r\n', 'abcde'),
  'an empty length': post('Content-Length:\r\n', 'abcde'),
  'a length beyond 2^53': post(`Content-Length: ${2n ** 64n + 5n}\r\n`, 'abcde'),
  'a space before the colon': post('Content-Length : 5\r\n', 'abcde'),
  'a folded field': post('X: a\r\n Content-Length: 5\r\n', 'abcde'),
  'a folded field, by a tab': post('X: a\r\n\tContent-Length: 5\r\n', 'abcde'),
  'a folded field at the beginning': `POST / HTTP/1.1\r\n Host: a\r\n\r\n${SMUGGLED}`,
  'a field without a colon': post('Content-Length\r\n', ''),
  'a line feed alone in the head': post('X: a\nContent-Length: 5\r\n', 'abcde'),
  'a carriage return alone in the head': post('X: a\rContent-Length: 5\r\n', 'abcde'),
  'two carriage returns before the line feed': post('X: a\r\r\n', ''),
  'a NUL in a field': post('X: a\0b\r\n', ''),
  'a vertical tab before the coding': post('Transfer-Encoding:\x0bchunked\r\n', '0\r\n\r\n'),
  'an unknown coding': post('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n'),
  'chunked twice': post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
  'an empty coding': post('Transfer-Encoding:\r\n', '0\r\n\r\n'),
  'a coding with a parameter': post('Transfer-Encoding: chunked;a=b\r\n', '0\r\n\r\n'),
  'a quoted coding': post('Transfer-Encoding: "chunked"\r\n', '0\r\n\r\n'),
  'a chunk size with 0x': chunked('0x3\r\nabc\r\n0\r\n\r\n'),
  'a chunk size with a plus': chunked('+3\r\nabc\r\n0\r\n\r\n'),
  'a negative chunk size': chunked('-3\r\nabc\r\n0\r\n\r\n'),
  'a chunk size with a space before': chunked(' 3\r\nabc\r\n0\r\n\r\n'),
  'a chunk size with something after': chunked('3 x\r\nabc\r\n0\r\n\r\n'),
  'an empty chunk size': chunked('\r\nabc\r\n0\r\n\r\n'),
  'a chunk size of more than 32 bits': chunked('100000003\r\nabc\r\n0\r\n\r\n'),
  'a chunk that is longer than its size': chunked('3\r\nabcd\r\n0\r\n\r\n'),
  'a chunk that ends with a line feed alone': chunked('3\r\nabc\n0\r\n\r\n'),
  'a chunk size that ends with a line feed alone': chunked('3\nabc\r\n0\r\n\r\n'),
  'an extension with a line feed': chunked('3;a=\n\r\nabc\r\n0\r\n\r\n'),
  'a folded trailer': chunked('0\r\nX: a\r\n b\r\n\r\n'),
  'two hosts': `GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n${SMUGGLED}`,
  'two spaces in the request line': `GET  / HTTP/1.1\r\nHost: a\r\n\r\n${SMUGGLED}`,
};

const ACCEPTED: Readonly<Record<string, string>> = {
  'a length': post('Content-Length: 3\r\n', 'abc'),
  'the same length twice': post('Content-Length: 3\r\nContent-Length: 3\r\n', 'abc'),
  chunks: chunked('3\r\nabc\r\n0\r\n\r\n'),
  'chunks with extensions and a trailer that looks like a length': chunked(
    '3;a=b\r\nabc\r\n0\r\nContent-Length: 9\r\n\r\n',
  ),
  'a body of GET': `GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc${SMUGGLED}`,
};

function targetsOf(text: string): {
  readonly targets: string[];
  readonly keepAlive: boolean[];
  readonly error: unknown;
} {
  const parser = new HttpParser();
  const targets: string[] = [];
  const keepAlive: boolean[] = [];
  try {
    parser.push(Buffer.from(text, 'latin1'));
    for (let request = parser.next(); request !== undefined; request = parser.next()) {
      targets.push(request.head.target);
      keepAlive.push(request.head.keepAlive);
    }
  } catch (error) {
    return { targets, keepAlive, error };
  }
  return { targets, keepAlive, error: undefined };
}

describe('http-hello: a request whose end two servers could see in different places', () => {
  for (const [what, text] of Object.entries(REJECTED)) {
    it(`is rejected: ${what}`, () => {
      const { targets, error } = targetsOf(text);
      expect(targets).to.deep.equal([]);
      expect(error).to.be.an.instanceOf(Error).with.property('status').that.is.oneOf([400, 501]);
    });
  }

  for (const [what, text] of Object.entries(ACCEPTED)) {
    it(`is accepted if there is only one: ${what}`, () => {
      const { targets, error } = targetsOf(text);
      expect(error).to.equal(undefined);
      expect(targets).to.deep.equal(['/', '/smuggled']);
    });
  }

  it('ends the connection: chunks of HTTP/1.0', () => {
    const { keepAlive } = targetsOf(
      post('Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n', '0\r\n\r\n', '1.0'),
    );
    expect(keepAlive[0]).to.equal(false);
  });
});
