import { TcpListener, TcpStream, UdpSocket, UnixListener } from '@escapement/net';
import { InvalidAddressError } from '@escapement/posix';
import { expect } from 'chai';
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

  it('13. a Unix listener with an invalid backlog leaves no path', async () => {
    await runNet('epoll', function* () {
      const path = `/tmp/escapement-${process.pid}-backlog`;
      expect(() => UnixListener.listen(path, { backlog: wrong('x') })).to.throw();
      UnixListener.listen(path).close();
    });
  });
});
