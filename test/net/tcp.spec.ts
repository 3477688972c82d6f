import { networkInterfaces } from 'node:os';
import { TcpListener, TcpStream, UdpSocket } from '@escapement/net';
import { getOption, SocketOption } from '@escapement/posix';
import { expect } from 'chai';
import { now, sleep, spawn, type Task, timeout } from 'escapement';
import { codeOf, hasIpv6, netLoop, STRATEGIES, tcpPair, textOf, underEach, warmUp, withPair } from './net-loop.js';

function option(stream: TcpStream, which: keyof typeof SocketOption): number {
  return getOption(stream.fd, SocketOption[which]);
}

/** A port without a listener. */
function deadPort(): number {
  using listener = TcpListener.listen();
  return listener.address.port;
}

describe('net: TCP', () => {
  before(warmUp);

  underEach('9. knows both addresses of a connection', () =>
    withPair(function* (here, there) {
      expect(here.remote).to.deep.equal(there.local);
      expect(there.remote).to.deep.equal(here.local);
      expect(here.local).to.include({ family: 'ipv4', host: '127.0.0.1' });
      expect(here.describe()).to.equal(`TCP stream to 127.0.0.1:${here.remote.port}`);
    }),
  );

  it('9. connects by IPv6', function () {
    if (!hasIpv6()) {
      console.log('      skipped: needs IPv6');
      this.skip();
    }
    netLoop('epoll').loop.runSync(function* () {
      const [here, there] = yield* tcpPair('::1');
      yield* here.write('six');
      expect(textOf(yield* there.read())).to.equal('six');
      expect(here.remote).to.deep.include({ family: 'ipv6', host: '::1' });
      here.close();
      there.close();
      using both = TcpListener.listen({ host: '::' });
      using four = yield* TcpStream.connect({ port: both.address.port });
      using accepted = yield* both.accept();
      expect(accepted.remote).to.include({ family: 'ipv6', port: four.local.port });
    });
  });

  it('9. connects to a link-local address with its interface', function () {
    const local = Object.values(networkInterfaces())
      .flatMap(addresses => addresses ?? [])
      .find(({ address }) => address.startsWith('fe80:'));
    if (local?.scopeid === undefined) {
      console.log('      skipped: needs a link-local address');
      this.skip();
    }
    netLoop('epoll').loop.runSync(function* () {
      using listener = TcpListener.listen({ host: `${local.address}%${local.scopeid}` });
      using stream = yield* TcpStream.connect(listener.address);
      expect(stream.remote).to.deep.equal(listener.address);
      using socket = UdpSocket.open({ host: `${local.address}%${local.scopeid}` });
      yield* socket.send('to myself', socket.address);
      yield* socket.send('and back', (yield* socket.receive()).from);
      expect(textOf((yield* socket.receive()).bytes)).to.equal('and back');
    });
  });

  underEach('9. sends small writes at once in both directions, unless setNoDelay(false) is called', () =>
    withPair(function* (here, there) {
      expect([option(here, 'noDelay'), option(there, 'noDelay')]).to.deep.equal([1, 1]);
      here.setNoDelay(false);
      expect(option(here, 'noDelay')).to.equal(0);
      here.setNoDelay();
      expect(option(here, 'noDelay')).to.equal(1);
    }),
  );

  underEach('6. hangs up so that the last bytes arrive, even if the peer still sends', () =>
    withPair(function* (here, there) {
      const flood = yield* spawn(
        (function* () {
          const much = new Uint8Array(1 << 20);
          for (let n = 0; n < 8; n++) yield* there.write(much);
          there.end();
        })(),
      );
      yield* here.read();
      yield* here.write('I refuse to read on');
      yield* here.hangUp();
      expect(here.isClosed).to.equal(true);
      yield* flood.join();
      expect(textOf(yield* there.read())).to.equal('I refuse to read on');
      expect(yield* there.read()).to.equal(undefined);
    }),
  );

  underEach('6. hangs up also on a peer that never ends, or is gone', function* () {
    const [here, there] = yield* tcpPair();
    const before = yield* now();
    yield* here.hangUp(20);
    expect((yield* now()) - before).to.be.at.least(20);
    expect(here.isClosed).to.equal(true);
    there.close();

    const [left, gone] = yield* tcpPair();
    yield* left.write('unread');
    yield* sleep(5);
    gone.close();
    yield* sleep(5);
    yield* left.hangUp(60_000);
    expect(left.isClosed).to.equal(true);
    expect(yield* codeOf(left.hangUp())).to.equal('ESC_CLOSED');
  });

  underEach('9. probes silent peers after setKeepAlive', () =>
    withPair(function* (here) {
      const probes = () =>
        (['keepAlive', 'keepIdle', 'keepInterval', 'keepCount'] as const).map(name => option(here, name));
      expect(probes()[0]).to.equal(0);
      here.setKeepAlive();
      expect(probes()).to.deep.equal([1, 60, 10, 5]);
      here.setKeepAlive({ idle: 7, interval: 3, count: 2 });
      expect(probes()).to.deep.equal([1, 7, 3, 2]);
    }),
  );

  underEach('9. a refused connection is ECONNREFUSED, with the address', function* () {
    const port = deadPort();
    let message = '';
    try {
      yield* TcpStream.connect({ port });
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).to.equal(`ECONNREFUSED: connection refused, connect 127.0.0.1:${port}`);
  });

  underEach('14. an invalid address is rejected, and leaves nothing open', function* () {
    expect(() => TcpListener.listen({ host: 'localhost' })).to.throw(/is not an IP address/);
    expect(() => TcpListener.listen({ port: 70_000 })).to.throw(/the port is 70000/);
    for (const port of [-1, 70_000, 1.5]) {
      expect(yield* codeOf(TcpStream.connect({ port }))).to.equal('ESC_INVALID_ADDRESS');
    }
    using listener = TcpListener.listen();
    expect(() => TcpListener.listen({ port: listener.address.port })).to.throw('EADDRINUSE');
    expect(() => TcpListener.listen({ host: '192.0.2.77' })).to.throw('EADDRNOTAVAIL');
  });

  underEach('9. two listeners share a port if both set reusePort', function* () {
    using one = TcpListener.listen({ reusePort: true });
    using two = TcpListener.listen({ reusePort: true, port: one.address.port });
    expect(two.address).to.deep.equal(one.address);
    expect(two.describe()).to.equal(`TCP listener 127.0.0.1:${one.address.port}`);
  });

  underEach('9. a connect that is cancelled or timed out leaves nothing open', function* () {
    // The queue is full, so the system does not answer.
    using listener = TcpListener.listen({ backlog: 0 });
    const { port } = listener.address;
    const connecting: Task<TcpStream>[] = [];
    for (let n = 0; n < 6; n++) connecting.push(yield* spawn(TcpStream.connect({ port })));
    yield* sleep(20);
    expect(connecting.some(task => !task.isEnded)).to.equal(true);
    expect(yield* codeOf(timeout(5, TcpStream.connect({ port })))).to.equal('ESC_TIMEOUT');
    for (const task of connecting) {
      task.cancel();
      yield* codeOf(task.join());
      if (task.result.state === 'succeeded') task.result.value.close();
    }
  });

  underEach('10. accepts in the order in which they came', function* () {
    using listener = TcpListener.listen();
    const streams: TcpStream[] = [];
    for (let n = 0; n < 100; n++) streams.push(yield* TcpStream.connect({ port: listener.address.port }));
    for (let n = 0; n < 100; n++) {
      using accepted = yield* listener.accept();
      expect(accepted.remote.port).to.equal(streams[n]!.local.port);
    }
    for (const stream of streams) stream.close();
  });

  underEach('10. several tasks may accept; each connection goes to one', function* () {
    using listener = TcpListener.listen();
    const ports: number[] = [];
    const accepting: Task<void>[] = [];
    for (let n = 0; n < 4; n++) {
      accepting.push(
        yield* spawn(
          (function* () {
            for (let k = 0; k < 10; k++) {
              using stream = yield* listener.accept();
              ports.push(stream.remote.port);
            }
          })(),
        ),
      );
    }
    const expected: number[] = [];
    for (let n = 0; n < 40; n++) {
      using stream = yield* TcpStream.connect({ port: listener.address.port });
      expected.push(stream.local.port);
      if (n % 7 === 0) yield* sleep(1);
      else yield* stream.read();
    }
    for (const task of accepting) yield* task.join();
    expect(ports.sort()).to.deep.equal(expected.sort());
  });

  underEach('10. a connection that is reset before it is accepted affects no other', function* () {
    using listener = TcpListener.listen();
    const gone = yield* TcpStream.connect({ port: listener.address.port });
    gone.close();
    using next = yield* TcpStream.connect({ port: listener.address.port });
    using first = yield* listener.accept();
    expect(yield* first.read()).to.equal(undefined);
    using second = yield* listener.accept();
    yield* next.write('x');
    expect(textOf(yield* second.read())).to.equal('x');
  });

  underEach('10. closing the listener, cancelling and timing out end an accept', function* () {
    const listener = TcpListener.listen();
    expect(yield* codeOf(timeout(2, listener.accept()))).to.equal('ESC_TIMEOUT');
    const cancelled = yield* spawn(listener.accept());
    const closed = [yield* spawn(codeOf(listener.accept())), yield* spawn(codeOf(listener.accept()))];
    yield* sleep(2);
    cancelled.cancel();
    listener.close();
    listener.close();
    for (const task of closed) expect(yield* task.join()).to.equal('ESC_CLOSED');
    expect(yield* codeOf(listener.accept())).to.equal('ESC_CLOSED');
    expect(yield* codeOf(TcpStream.connect({ port: listener.address.port }))).to.equal('ECONNREFUSED');
  });

  underEach('10. a flood of connections lets other tasks run', function* () {
    using listener = TcpListener.listen();
    const { port } = listener.address;
    const streams: TcpStream[] = [];
    for (let n = 0; n < 200; n++) streams.push(yield* TcpStream.connect({ port }));
    let others = 0;
    const other = yield* spawn(
      (function* () {
        for (;;) {
          yield* sleep(0);
          others++;
        }
      })(),
    );
    for (let n = 0; n < 200; n++) (yield* listener.accept()).close();
    expect(others).to.be.above(0);
    other.cancel();
    for (const stream of streams) stream.close();
  });
});

describe('net: host names', () => {
  before(warmUp);

  it('15. are looked up if the host runs', async () => {
    await netLoop('set-timeout').loop.run(function* () {
      using listener = TcpListener.listen();
      // The first address of `localhost` may be ::1, without a listener: then connect tries the next one.
      using stream = yield* TcpStream.connect({ host: 'localhost', port: listener.address.port });
      expect(stream.remote.host).to.equal('127.0.0.1');
      expect(yield* codeOf(TcpStream.connect({ host: 'localhost', port: deadPort() }))).to.equal('ECONNREFUSED');
    });
  });

  it('15. that do not exist are NameLookupErrors', async () => {
    await netLoop('set-timeout').loop.run(function* () {
      for (const host of ['no-such-host.invalid', '', 'two words', '127.0.0.1\0']) {
        expect(yield* codeOf(timeout(8000, TcpStream.connect({ host, port: 1 }))), host).to.equal('ESC_NAME_LOOKUP');
      }
    });
  }).timeout(40_000);

  for (const name of STRATEGIES.filter(name => name !== 'set-timeout')) {
    it(`15. are rejected if the host never runs [${name}]`, () => {
      netLoop(name).loop.runSync(function* () {
        let message = '';
        try {
          yield* TcpStream.connect({ host: 'localhost', port: 1 });
        } catch (error) {
          message = (error as Error).message;
        }
        expect(message).to.equal(
          `task "main" looked up 'localhost': the strategy ${name} never lets the host run, which delivers the answer. Use an address, look the name up before the loop runs (dns.promises.lookup), or use setTimeoutModule.`,
        );
      });
    });
  }
});
