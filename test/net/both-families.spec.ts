import { spawnSync } from 'node:child_process';
import { TcpListener, TcpStream, UdpSocket } from '@escapement/net';
import { getOption, SocketOption } from '@escapement/posix';
import { expect } from 'chai';
import { InvalidArgumentError } from 'escapement';
import { codeOf, hasIpv6, openDescriptors, runNet, underEach, warmUp } from './net-loop.js';

/** `::` in a network of its own, whose IPv6 sockets take no IPv4 unless they ask for it. */
function underBindv6only(program: string): string | undefined {
  const imports = `
    import { createLoop, sleepModule } from ${JSON.stringify(import.meta.resolve('escapement'))};
    import { epollModule, ioModule } from ${JSON.stringify(import.meta.resolve('@escapement/io'))};
    import { netModule, TcpListener, TcpStream, UdpSocket } from ${JSON.stringify(import.meta.resolve('@escapement/net'))};
    const loop = createLoop(epollModule, ioModule, sleepModule, netModule);`;
  const shell = 'echo 1 > /proc/sys/net/ipv6/bindv6only && ip link set lo up && exec "$0" --input-type=module -e "$1"';
  const args = ['-rn', 'sh', '-c', shell, process.execPath, imports + program];
  const { status, stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8', timeout: 15_000 });
  // No `unshare`, no right to use it, or no IPv6: only then is nothing printed.
  return status !== 0 && stdout === '' ? undefined : stdout + stderr;
}

describe('net: :: takes IPv4 and IPv6', () => {
  before(warmUp);
  before(function () {
    if (!hasIpv6()) this.skip();
  });

  underEach('also connections, unless ipv6Only', function* () {
    for (const ipv6Only of [false, true]) {
      using listener = TcpListener.listen({ host: '::', ipv6Only });
      expect(getOption(listener.fd, SocketOption.ipv6Only)).to.equal(ipv6Only ? 1 : 0);
      const { port } = listener.address;
      (yield* TcpStream.connect({ host: '::1', port })).close();
      const code = yield* codeOf(connectAndClose(port));
      expect(code).to.equal(ipv6Only ? 'ECONNREFUSED' : 'nothing');
    }
  });

  underEach('also datagrams, both ways, unless ipv6Only', function* () {
    using four = UdpSocket.open();
    using both = UdpSocket.open({ host: '::' });
    yield* four.send('there', { host: '127.0.0.1', port: both.address.port });
    expect((yield* both.receive()).from).to.include({ host: '::ffff:127.0.0.1', port: four.address.port });
    yield* both.send('back', { host: '127.0.0.1', port: four.address.port });
    expect((yield* four.receive()).from.port).to.equal(both.address.port);
    using six = UdpSocket.open({ host: '::', ipv6Only: true });
    expect(getOption(six.fd, SocketOption.ipv6Only)).to.equal(1);
    expect(yield* codeOf(six.send('x', { host: '::ffff:127.0.0.1', port: four.address.port }))).to.equal('ENETUNREACH');
  });

  it('ipv6Only with an IPv4 address is an error, and leaves nothing open', async () => {
    await runNet('epoll', function* () {
      const before = openDescriptors();
      expect(() => TcpListener.listen({ ipv6Only: true })).to.throw(InvalidArgumentError, "Write host: '::'");
      expect(() => UdpSocket.open({ host: '0.0.0.0', ipv6Only: true })).to.throw(InvalidArgumentError, '0.0.0.0');
      expect(openDescriptors()).to.equal(before);
    });
  });

  it('also where the system’s default is IPv6 only', function () {
    const output = underBindv6only(`
      loop.runSync(function* () {
        const listener = TcpListener.listen({ host: '::' });
        const stream = yield* TcpStream.connect({ host: '127.0.0.1', port: listener.address.port });
        console.log((yield* listener.accept()).remote.host);
        const mapped = yield* TcpStream.connect({ host: '::ffff:127.0.0.1', port: listener.address.port });
        console.log((yield* listener.accept()).remote.host);
        const both = UdpSocket.open({ host: '::' });
        const four = UdpSocket.open();
        yield* four.send('x', { host: '127.0.0.1', port: both.address.port });
        console.log((yield* both.receive()).from.host);
      });
      process.exit();`);
    if (output === undefined) this.skip();
    expect(output).to.equal('::ffff:127.0.0.1\n'.repeat(3));
  });
});

function* connectAndClose(port: number) {
  const stream = yield* TcpStream.connect({ port });
  stream.close();
}
