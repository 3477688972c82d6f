import { fstatSync } from 'node:fs';
import {
  DescriptorStream,
  isOnlyTheConnections,
  lookup,
  openReader,
  openWriter,
  TcpListener,
  TcpStream,
  UdpSocket,
  UnixListener,
  UnixStream,
} from '@escapement/net';
import { close, InvalidAddressError, pipe } from '@escapement/posix';
import { expect } from 'chai';
import { InvalidArgumentError } from 'escapement';
import { badBytes, badNumbers, nonsense, revoked } from '../support/bad-values.js';
import { HOSTILE } from '../support/hostile-values.js';
import { codeOf, openDescriptors, runNet, underEach, warmUp, withPair } from './net-loop.js';

// As programs that are not type-checked would.
const wrong = (value: unknown) => value as never;

describe('net: wrong arguments', () => {
  before(warmUp);

  const PLACES: Record<string, { host?: unknown; port?: unknown }> = {
    '14. a port as a string': { port: '80' },
    '14. a port that is out of range': { port: 65_536 },
    '14. a port that is not a number': { port: Number.NaN },
    '14. null for a host': { host: null, port: 80 },
    '14. a number for a host': { host: 5, port: 80 },
  };

  for (const [what, place] of Object.entries(PLACES)) {
    underEach(`${what} is an InvalidAddressError, and leaves nothing open`, function* () {
      const before = openDescriptors();
      expect(yield* codeOf(TcpStream.connect(wrong(place)))).to.equal('ESC_INVALID_ADDRESS');
      expect(() => TcpListener.listen(wrong(place))).to.throw(InvalidAddressError);
      expect(() => UdpSocket.open(wrong(place))).to.throw(InvalidAddressError);
      expect(openDescriptors()).to.equal(before);
    });
  }

  it('14. a port as a string is quoted in the error', () => {
    expect(() => TcpListener.listen(wrong({ port: '80' }))).to.throw("the port is the string '80', expected");
  });

  underEach('4. write throws for data of a wrong type, and writes nothing', () =>
    withPair(function* (here, there) {
      for (const what of [12, null, undefined, {}, ['text'], new ArrayBuffer(3)]) {
        expect(yield* codeOf(here.write(wrong(what)))).to.equal('ESC_NOT_BYTES');
      }
      yield* here.write('!');
      expect((yield* there.read())!.length).to.equal(1);
    }),
  );

  const OPTIONS: Record<string, (options: never) => unknown> = {
    'TcpListener.listen': TcpListener.listen,
    'UdpSocket.open': UdpSocket.open,
    'UnixListener.listen': options => UnixListener.listen('', options),
  };

  for (const [name, call] of Object.entries(OPTIONS)) {
    it(`${name} names an option that does not exist, or has another type, and leaves nothing open`, () => {
      const before = openDescriptors();
      const wrongOnes = { ...nonsense(), 'a port alone': 8080, 'a text': '8080', 'an array': [8080] };
      for (const [what, options] of Object.entries(wrongOnes)) {
        // Objects without properties are options that say nothing.
        if (/an object$|without a prototype|date|promise|hostile/.test(what)) continue;
        expect(() => call(wrong(options)), what).to.throw(InvalidArgumentError, `${name} got`);
      }
      expect(() => call(wrong({ prot: 8080 }))).to.throw(
        InvalidArgumentError,
        `${name} got an option prot, which it does not have, expected `,
      );
      for (const option of ['reusePort', 'broadcast', 'ipv6Only']) {
        for (const value of ['no', 0, null]) expect(() => call(wrong({ [option]: value }))).to.throw(option);
      }
      for (const [what, backlog] of Object.entries({ ...badNumbers(), '-1': -1 })) {
        if (name !== 'UdpSocket.open') expect(() => call(wrong({ backlog })), what).to.throw('backlog');
      }
      expect(openDescriptors()).to.equal(before);
    });
  }

  underEach('14. connect, send and lookup report what is not an address', function* () {
    const before = openDescriptors();
    using socket = UdpSocket.open();
    for (const given of [undefined, null, 8080, 'localhost', [], revoked()]) {
      expect(yield* codeOf(TcpStream.connect(wrong(given)))).to.equal('ESC_INVALID_OPTION');
      expect(yield* codeOf(socket.send('x', wrong(given)))).to.equal('ESC_INVALID_ADDRESS');
    }
    for (const [what, value] of Object.entries({
      ...nonsense(),
      'a number': 5,
      surrogate: 'a\ud800',
      long: 'x'.repeat(108),
    })) {
      expect(yield* codeOf(UnixStream.connect(wrong(value))), what).to.equal('ESC_INVALID_ADDRESS');
      expect(() => UnixListener.listen(wrong(value)), what).to.throw(InvalidAddressError);
      if (typeof value === 'string') continue;
      expect(() => openReader(wrong(value)), what).to.throw('open got');
      expect(() => openWriter(wrong(value)), what).to.throw('open got');
      expect(yield* codeOf(lookup(wrong(value))), what).to.equal('ESC_NAME_LOOKUP');
    }
    for (const zone of ['constructor', 'toString', '-1', '1.5', '99999999999']) {
      expect(yield* codeOf(TcpStream.connect({ host: `fe80::1%${zone}`, port: 1 })), zone).to.equal(
        'ESC_INVALID_ADDRESS',
      );
    }
    for (const scope of [Number.NaN, -1, 1.5, 2 ** 32 + 1, '1']) {
      expect(yield* codeOf(TcpStream.connect({ host: '::1', port: 1, scope: wrong(scope) }))).to.equal(
        'ESC_INVALID_ADDRESS',
      );
    }
    socket.close();
    expect(openDescriptors()).to.equal(before);
  });

  underEach('12. a datagram is bytes or text, and nothing else is sent', function* () {
    using sender = UdpSocket.open();
    using receiver = UdpSocket.open();
    for (const [what, bytes] of Object.entries(badBytes())) {
      if (what === 'a text') continue;
      expect(yield* codeOf(sender.send(wrong(bytes), receiver.address)), what).to.equal('ESC_INVALID_CALL');
    }
    yield* sender.send('last', receiver.address);
    expect(Buffer.from((yield* receiver.receive()).bytes).toString()).to.equal('last');
  });

  underEach('a stream takes only numbers that the system can take, and changes nothing for others', () =>
    withPair(function* (here, there) {
      for (const option of ['idle', 'interval', 'count']) {
        for (const [what, value] of Object.entries({ ...badNumbers(), 0: 0, large: 40_000 })) {
          expect(() => here.setKeepAlive({ [option]: wrong(value) }), what).to.throw(`as its option ${option}`);
        }
      }
      expect(() => here.setKeepAlive(wrong({ idel: 5 }))).to.throw('idel');
      expect(() => here.setNoDelay(wrong('no'))).to.throw('setNoDelay got');
      for (const patience of [Number.NaN, -1, '5', null]) {
        expect(yield* codeOf(here.hangUp(wrong(patience)))).to.equal('ESC_INVALID_OPTION');
      }
      expect(here.isClosed).to.equal(false);
      yield* here.write('x');
      expect((yield* there.read())!.length).to.equal(1);
    }),
  );

  it('11. serve takes a function for failed', async () => {
    await runNet('epoll', function* () {
      using listener = TcpListener.listen();
      for (const options of [null, 5, revoked(), { failed: 5 }, { fialed: () => {} }]) {
        expect(yield* codeOf(listener.serve(function* () {}, wrong(options)))).to.equal('ESC_INVALID_OPTION');
      }
    });
  });

  it('a stream on something that is no descriptor is refused, and stdin stays open', () => {
    const { dev, ino } = fstatSync(0);
    for (const [what, fd] of Object.entries({ ...badNumbers(), undefined: undefined, '-1': -1 })) {
      expect(() => new TcpStream(wrong(fd)), what).to.throw(InvalidArgumentError);
      expect(() => new DescriptorStream(wrong(fd), 'stream'), what).to.throw(InvalidArgumentError);
      expect(() => new DescriptorStream(wrong(fd)), what).to.throw(InvalidArgumentError);
    }
    expect(fstatSync(0)).to.include({ dev, ino });
  });

  it('the name of a stream is a text, or left out', () => {
    const { reader, writer } = pipe();
    for (const [what, name] of Object.entries({ ...nonsense(), 'a number': 5 })) {
      expect(() => new DescriptorStream(reader, wrong(name)), what).to.throw(InvalidArgumentError, 'as its name');
    }
    const stream = new DescriptorStream(reader);
    expect(stream.describe()).to.equal(`descriptor ${reader}`);
    stream.close();
    close(writer);
  });

  it('isOnlyTheConnections judges whatever is thrown, and throws nothing itself', () => {
    const hostile = Object.values(HOSTILE).map(make => make());
    for (const thrown of [...hostile, ...Object.values(nonsense())])
      expect(isOnlyTheConnections(thrown)).to.equal(false);
  });

  it('13. a Unix listener with an invalid backlog leaves no path', async () => {
    await runNet('epoll', function* () {
      const path = `/tmp/escapement-${process.pid}-backlog`;
      expect(() => UnixListener.listen(path, { backlog: wrong('x') })).to.throw();
      UnixListener.listen(path).close();
    });
  });
});
