import { expect } from 'chai';
import fc from 'fast-check';
import { load } from './example.js';

const { HttpParser } = await load<typeof import('../../docs/examples/net/http-parser.js')>(
  'docs/examples/net/http-parser.ts',
);
const { HttpError } = await load<typeof import('../../docs/examples/net/http-head.js')>(
  'docs/examples/net/http-head.ts',
);
const { RespError, RespParser } = await load<typeof import('../../docs/examples/net/resp-parser.js')>(
  'docs/examples/net/resp-parser.ts',
);
const { array, bulk } = await load<typeof import('../../docs/examples/net/resp-replies.js')>(
  'docs/examples/net/resp-replies.ts',
);

const numRuns = Number(process.env.FUZZ_RUNS ?? 300);

interface Parser {
  readonly pending: number;
  push(bytes: Uint8Array): void;
  next(): unknown;
}

interface Outcome {
  readonly parsed: readonly unknown[];
  readonly error: unknown;
  readonly mostPending: number;
}

/** Parses `text` (latin1) in pieces, cut at `cuts`. */
function parse(parser: Parser, text: string, cuts: readonly number[] = []): Outcome {
  const parsed: unknown[] = [];
  let mostPending = 0;
  try {
    for (const piece of pieces(text, cuts)) {
      parser.push(Buffer.from(piece, 'latin1'));
      for (let next = parser.next(); next !== undefined; next = parser.next()) parsed.push(next);
      mostPending = Math.max(mostPending, parser.pending);
    }
  } catch (error) {
    return { parsed, error, mostPending };
  }
  return { parsed, error: undefined, mostPending };
}

function pieces(text: string, cuts: readonly number[]): string[] {
  const places = [...new Set([0, ...cuts.map(cut => cut % (text.length + 1)), text.length])].sort((a, b) => a - b);
  return places.slice(1).map((end, index) => text.slice(places[index], end));
}

/** Each byte alone. */
function everywhere(length: number): number[] {
  return Array.from({ length }, (_, n) => n);
}

const anyCuts = fc.oneof(fc.array(fc.nat(5000), { maxLength: 20 }), fc.constant(everywhere(5000)));

/** Text of one character for each byte. */
function bytesText(constraints: { minLength?: number; maxLength?: number }): fc.Arbitrary<string> {
  return fc.uint8Array(constraints).map(bytes => Buffer.from(bytes).toString('latin1'));
}

/** A few changes to valid text: bytes replaced, left out, doubled. */
const anyChanges = fc.array(
  fc.record({
    at: fc.nat(5000),
    cut: fc.nat(3),
    put: fc.oneof(bytesText({ maxLength: 3 }), fc.constantFrom('\r\n', '\n', '0', '9', '-', ':')),
  }),
  { minLength: 1, maxLength: 5 },
);

function changed(text: string, changes: readonly { at: number; cut: number; put: string }[]): string {
  return changes.reduce((old, { at, cut, put }) => {
    const place = at % (old.length + 1);
    return old.slice(0, place) + put + old.slice(place + cut);
  }, text);
}

function check<T extends [unknown, ...unknown[]]>(
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  test: (...values: T) => void,
): void {
  fc.assert(
    fc.property(fc.tuple(...arbitraries), values => test(...(values as T))),
    { numRuns },
  );
}

/** Checks that hold for every input, valid or not; `limit` is how many bytes the parser may keep. */
function describeAnyInput(
  newParser: () => Parser,
  limit: number,
  errorClass: new (...args: never[]) => Error,
  valid: fc.Arbitrary<string>,
): void {
  function holds(text: string, cuts: readonly number[]): void {
    const whole = parse(newParser(), text);
    const cut = parse(newParser(), text, cuts);
    expect(cut.parsed).to.deep.equal(whole.parsed);
    expect(String(cut.error)).to.equal(String(whole.error));
    if (whole.error !== undefined) expect(whole.error).to.be.instanceOf(errorClass);
    // Plus the last piece, which the caller allocated.
    expect(cut.mostPending).to.be.at.most(limit);
    expect(whole.mostPending).to.be.at.most(limit);
  }

  it('parses the same however the input is cut, throws only its own errors, and keeps its limits: random bytes', () =>
    check([bytesText({ maxLength: 2000 }), anyCuts], holds));

  it('... random words of the protocol', () => {
    const words = [
      '*',
      '$',
      '\r\n',
      '\r\n\r\n',
      '0',
      '1',
      '3',
      '99999999999',
      '-',
      'GET',
      ' / ',
      'HTTP/1.1',
      'Host: a',
      ':',
      ';',
    ];
    const more = [
      '\n',
      '\r',
      ' ',
      'Content-Length: 3',
      'Transfer-Encoding: chunked',
      'abc',
      'x'.repeat(300),
      'fffffff',
    ];
    check([fc.array(fc.constantFrom(...words, ...more), { maxLength: 60 }).map(all => all.join('')), anyCuts], holds);
  });

  it('... valid input with mutations', () =>
    check([valid, anyChanges, anyCuts], (text, changes, cuts) => holds(changed(text, changes), cuts)));
}

describe('fuzz: RespParser', () => {
  const limits = { command: 2000, line: 100 };
  const newParser = () => new RespParser(limits);
  const command = fc.array(bytesText({ maxLength: 50 }), { minLength: 1, maxLength: 10 });
  const commands = fc.array(command, { maxLength: 10 });
  const encoded = (all: readonly (readonly string[])[]) => all.map(args => array(args.map(bulk))).join('');

  it('parses the output of the encoder, however it is cut', () =>
    check([commands, anyCuts], (all, cuts) => {
      const { parsed, error } = parse(newParser(), encoded(all), cuts);
      expect(error).to.equal(undefined);
      expect(parsed).to.deep.equal(all);
    }));

  it('parses inline commands between them', () => {
    const word = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    const line = fc.array(word, { minLength: 1, maxLength: 5 });
    check([fc.array(fc.tuple(fc.boolean(), line), { maxLength: 10 }), anyCuts], (all, cuts) => {
      const text = all
        .map(([isTyped, words]) => (isTyped ? ` ${words.join('  ')}\r\n` : encoded([words])))
        .join('\r\n');
      expect(parse(newParser(), text, cuts).parsed).to.deep.equal(all.map(([, words]) => words));
    });
  });

  it('rejects a command that is too large at the first byte beyond the limit', () => {
    const text = `*100\r\n${bulk('x'.repeat(90)).repeat(100)}`;
    const { error, mostPending } = parse(newParser(), text, everywhere(10_000));
    expect(String(error)).to.contain('a command larger than 2000 bytes');
    expect(mostPending).to.be.at.most(92);
  });

  it('accepts a command of exactly the limit', () => {
    const largest = `*1\r\n${bulk('x'.repeat(1994))}`;
    const { parsed, error } = parse(newParser(), largest.repeat(3), everywhere(3 * largest.length));
    expect(error).to.equal(undefined);
    expect(parsed).to.have.lengthOf(3);
    const tooLarge = parse(newParser(), `*1\r\n${bulk('x'.repeat(1995))}`);
    expect(String(tooLarge.error)).to.contain('larger than 2000 bytes');
  });

  it('rejects a number with endless leading zeros', () => {
    for (const [start, problem] of [
      ['*', 'invalid multibulk length'],
      ['*3\r\n$', 'invalid bulk length'],
    ] as const) {
      const { error, mostPending } = parse(newParser(), start + '0'.repeat(1000), everywhere(1000));
      expect(String(error)).to.contain(problem);
      expect(mostPending).to.be.at.most(21);
    }
  });

  it('distinguishes numbers beyond the limit from invalid ones', () => {
    for (const text of ['*2001\r\n', '*1\r\n$2001\r\n', '*1\r\n$99999999999\r\n']) {
      expect(String(parse(newParser(), text).error)).to.contain('a command larger than 2000 bytes');
    }
  });

  it('rejects quotes in an inline command', () => {
    for (const line of ['SET k "hello world"\r\n', "SET k 'hello world'\r\n"]) {
      const { error, parsed } = parse(newParser(), line);
      expect(String(error)).to.contain('quotes in an inline request are not supported');
      expect(parsed).to.deep.equal([]);
    }
  });

  describeAnyInput(newParser, limits.command + limits.line, RespError, commands.map(encoded));
});

describe('fuzz: HttpParser', () => {
  const limits = { head: 1000, body: 1000 };
  const newParser = () => new HttpParser(limits);

  interface Sent {
    readonly method: string;
    readonly target: string;
    readonly fields: readonly (readonly [string, string])[];
    /** One without its length, several chunks, or none. */
    readonly body: readonly string[];
    readonly isChunked: boolean;
  }

  // Names that mean nothing to the parser, each once.
  const name = fc.stringMatching(/^X-[A-Za-z0-9!#$%&'*+.^_`|~-]{1,10}$/);
  const value = fc.stringMatching(/^([!-~\x80-\xff]([\t -~\x80-\xff]{0,20}[!-~\x80-\xff])?)?$/);
  const sent: fc.Arbitrary<Sent> = fc.record({
    method: fc.constantFrom('GET', 'POST', 'DELETE', 'M-SEARCH'),
    target: fc.stringMatching(/^\/[!-~]{0,20}$/),
    fields: fc.uniqueArray(fc.tuple(name, value), { maxLength: 5, selector: ([key]) => key.toLowerCase() }),
    body: fc.array(bytesText({ minLength: 1, maxLength: 60 }), { maxLength: 5 }),
    isChunked: fc.boolean(),
  });
  const requests = fc.array(sent, { maxLength: 6 });

  function encoded({ method, target, fields, body, isChunked }: Sent): string {
    const lines = ['Host: a', ...fields.map(([key, text]) => `${key}:${' '.repeat(text.length % 3)}${text}\t `)];
    const chunks = body.map(chunk => `${chunk.length.toString(16)};x="y"\r\n${chunk}\r\n`).join('');
    const framing = isChunked ? 'transfer-encoding: Chunked' : `CONTENT-LENGTH: ${body.join('').length}`;
    const content = isChunked ? `${chunks}000\r\nTrailer: x\r\n\r\n` : body.join('');
    return `${method} ${target} HTTP/1.1\r\n${[...lines, framing].join('\r\n')}\r\n\r\n${content}`;
  }

  it('parses every request, however it is cut', () =>
    check([requests, anyCuts], (all, cuts) => {
      const { parsed, error } = parse(newParser(), all.map(encoded).join(''), cuts);
      expect(error).to.equal(undefined);
      const read = parsed as ReturnType<InstanceType<typeof HttpParser>['next']>[];
      expect(
        read.map(request => [
          request!.head.method,
          request!.head.target,
          [...request!.head.fields].filter(([key]) => key.startsWith('x-')),
          Buffer.from(request!.body).toString('latin1'),
        ]),
      ).to.deep.equal(
        all.map(({ method, target, fields, body }) => [
          method,
          target,
          fields.map(([key, text]) => [key.toLowerCase(), text]),
          body.join(''),
        ]),
      );
    }));

  const longText = (length: number) => 'x'.repeat(length);
  const REFUSED: Record<string, [status: number, text: string]> = {
    'a method that is none': [400, 'G(T / HTTP/1.1\r\nHost: a\r\n\r\n'],
    'a line with too much in it': [400, 'GET / / HTTP/1.1\r\nHost: a\r\n\r\n'],
    'a line with too little in it': [400, 'GET /\r\nHost: a\r\n\r\n'],
    'another protocol': [400, 'GET / SPDY/3.1\r\nHost: a\r\n\r\n'],
    'another version': [505, 'GET / HTTP/2.0\r\nHost: a\r\n\r\n'],
    'an old version': [505, 'GET / HTTP/0.9\r\nHost: a\r\n\r\n'],
    'what begins as no method can': [400, '\x16\x03\x01\x02\0'],
    'a line feed alone after the first line': [400, 'GET / HTTP/1.1\n'],
    'a line feed alone after a field': [400, 'GET / HTTP/1.1\r\nHost: a\n\n'],
    'a line feed alone before a chunk': [400, 'GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\n'],
    'a line feed alone after a trailer': [
      400,
      'GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\n',
    ],
    'two hosts': [400, 'GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n'],
    'no host': [400, 'GET / HTTP/1.1\r\nA: b\r\n\r\n'],
    'a field without a colon': [400, 'GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n'],
    'a space before the colon': [400, 'GET / HTTP/1.1\r\nHost : a\r\n\r\n'],
    'a field that goes on in the next line': [400, 'GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n'],
    'a lone line feed': [400, 'GET / HTTP/1.1\r\nHost: a\nB: c\r\n\r\n'],
    'a control character': [400, 'GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n'],
    'a length that is none': [400, 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n'],
    'two lengths': [400, 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
    'a length and chunks': [
      400,
      'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    ],
    'another coding': [501, 'GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n'],
    'a chunk of no size': [400, 'GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n;a\r\n'],
    'a chunk with too much in it': [400, 'GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc'],
    'a long line before a chunk': [
      400,
      `GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;${longText(2000)}`,
    ],
    'a long head': [431, `GET / HTTP/1.1\r\nHost: ${longText(1000)}\r\n\r\n`],
    'long trailers': [
      431,
      `GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${`a: ${longText(100)}\r\n`.repeat(20)}`,
    ],
    'a large body': [413, 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n'],
    'many chunks': [
      413,
      `GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${`64\r\n${longText(100)}\r\n`.repeat(11)}`,
    ],
  };
  for (const [what, [status, text]] of Object.entries(REFUSED)) {
    it(`rejects ${what} with ${status}`, () => {
      const { error, parsed } = parse(newParser(), text);
      expect(error).to.be.instanceOf(HttpError).with.property('status', status);
      expect(parsed).to.deep.equal([]);
    });
  }

  it('accepts a request of exactly the limits', () => {
    const start = 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: ';
    const head = `${start}${longText(996 - start.length)}\r\n\r\n`;
    const largest = `${head}3e8\r\n${longText(1000)}\r\n0\r\nA: ${longText(993)}\r\n\r\n`;
    const { parsed, error } = parse(newParser(), largest.repeat(3), everywhere(3 * largest.length));
    expect(error).to.equal(undefined);
    expect(parsed).to.have.lengthOf(3);
  });

  it('names the limit that trailers exceed, even by one byte', () => {
    const start = 'GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n';
    for (const length of [994, 995, 996, 997, 998, 2000]) {
      const { error } = parse(newParser(), `${start}A: ${longText(length)}\r\n\r\n`);
      expect(error).to.be.instanceOf(HttpError).with.property('message', 'more than 1000 bytes');
    }
  });

  it('closes a connection of HTTP/1.0 that sends chunks', () => {
    const [framing, connection] = ['Transfer-Encoding: chunked', 'Connection: keep-alive'];
    expect(keepsAlive(`GET / HTTP/1.0\r\n${connection}\r\n\r\n`)).to.equal(true);
    expect(keepsAlive(`GET / HTTP/1.0\r\n${connection}\r\n${framing}\r\n\r\n0\r\n\r\n`)).to.equal(false);
    expect(keepsAlive(`GET / HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n0\r\n\r\n`)).to.equal(true);
  });

  it('treats later versions as 1.1', () => {
    expect(keepsAlive('GET / HTTP/1.2\r\nHost: a\r\n\r\n')).to.equal(true);
  });

  it('sends no 100 Continue to a client of HTTP/1.0', () => {
    const rest = 'Host: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n';
    for (const [version, isAsked] of [
      ['1.0', false],
      ['1.1', true],
    ] as const) {
      const parser = newParser();
      parser.push(Buffer.from(`POST / HTTP/${version}\r\n${rest}`));
      expect(parser.next()).to.equal(undefined);
      expect(parser.takeContinue()).to.equal(isAsked);
    }
  });

  function keepsAlive(request: string): boolean {
    const parser = newParser();
    parser.push(Buffer.from(request));
    return parser.next()!.head.keepAlive;
  }

  describeAnyInput(
    newParser,
    limits.body + limits.head + 1024,
    HttpError,
    requests.map(all => all.map(encoded).join('')),
  );
});
