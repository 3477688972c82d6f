import {
  accept,
  bind,
  close,
  connect,
  getOption,
  listen,
  localAddress,
  PollEvents,
  PollList,
  peerAddress,
  read,
  receiveFrom,
  Shutdown,
  type SocketAddress,
  SocketOption,
  send,
  senderAddress,
  sendTo,
  setOption,
  shutdown,
  socket,
  takeError,
  WOULD_BLOCK,
} from '@escapement/posix';
import { expect } from 'chai';
import { abstractAddress, connectedPair, failureOf, givingBackDescriptors, NOT_OPEN } from '../support/descriptors.js';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const loopback: Readonly<Record<string, () => SocketAddress>> = {
  IPv4: () => ({ family: 'ipv4', host: '127.0.0.1', port: 0 }),
  IPv6: () => ({ family: 'ipv6', host: '::1', port: 0 }),
  Unix: abstractAddress,
};

/** Waits in the plain `poll`, a second at most. */
function untilReady(fd: number, events: number): number {
  const list = new PollList(1);
  list.add(fd, events);
  list.poll(1000);
  return list.foundAt(0);
}

describe('posix: sockets', () => {
  const opened = givingBackDescriptors();

  for (const [name, address] of Object.entries(loopback)) {
    it(`connect, send and read over ${name}`, () => {
      const { client, server } = opened.add(connectedPair(address()));
      expect(send(client, bytesOf('to server'))).to.equal(9);
      expect(send(server, bytesOf('to client'))).to.equal(9);
      const into = new Uint8Array(20);
      expect([read(server, into), read(client, into), read(client, into)]).to.deep.equal([9, 9, WOULD_BLOCK]);
      expect(peerAddress(client)).to.deep.equal(localAddress(server));
      expect(peerAddress(server)).to.deep.equal(localAddress(client));
      shutdown(client, Shutdown.write);
      expect(read(server, into)).to.equal(0);
      expect(send(server, bytesOf('still there'))).to.equal(11);
      expect(read(client, into)).to.equal(11);
    });

    it(`send datagrams over ${name}, and return the address of the sender`, () => {
      const [a, b] = [address(), address()].map(at => {
        const fd = opened.add(socket(at.family, 'datagram'));
        bind(fd, at);
        return fd;
      }) as [number, number];
      const into = new Uint8Array(4);
      expect(receiveFrom(b, into)).to.equal(WOULD_BLOCK);
      expect(sendTo(a, bytesOf('too long'), localAddress(b))).to.equal(8);
      expect(sendTo(a, bytesOf('ok'), localAddress(b))).to.equal(2);
      expect(sendTo(a, new Uint8Array(0), localAddress(b))).to.equal(0);
      expect(receiveFrom(b, into), 'what does not fit is lost').to.equal(4);
      expect(senderAddress()).to.deep.equal(localAddress(a));
      expect(receiveFrom(b, into)).to.equal(2);
      expect(receiveFrom(b, into), 'an empty one is one, too').to.equal(0);
      expect(receiveFrom(b, into)).to.equal(WOULD_BLOCK);
    });
  }

  it('accept returns WOULD_BLOCK when no connection waits', () => {
    const listener = opened.add(socket('ipv4'));
    bind(listener, { family: 'ipv4', host: '127.0.0.1', port: 0 });
    listen(listener);
    expect(accept(listener)).to.equal(WOULD_BLOCK);
  });

  it('accept returns a non-blocking descriptor', () => {
    const { server } = opened.add(connectedPair());
    expect(read(server, new Uint8Array(1))).to.equal(WOULD_BLOCK);
  });

  it('throw errors that name the failure, the descriptor and the call', () => {
    const fd = opened.add(socket('ipv4'));
    const cases: readonly (readonly [string, string, () => unknown])[] = [
      ['EINVAL', 'accept4', () => accept(fd)],
      ['ENOTCONN', 'getpeername', () => peerAddress(fd)],
      ['ENOTCONN', 'recvfrom', () => receiveFrom(fd, new Uint8Array(1))],
      ['ENOTCONN', 'shutdown', () => shutdown(fd)],
      ['EPIPE', 'send', () => send(fd, bytesOf('x'))],
      ['ENOPROTOOPT', 'setsockopt', () => setOption(fd, [1, 9999], 1)],
      ['ENOPROTOOPT', 'getsockopt', () => getOption(fd, [1, 9999])],
    ];
    for (const [code, syscall, call] of cases) {
      const error = failureOf(() => void expect(call(), syscall).to.equal('a failure'));
      expect(error, syscall).to.include({ code, syscall });
      expect(error.message).to.match(new RegExp(`^${code}: .*, ${syscall} descriptor ${fd}$`));
    }
  });

  it('throw EBADF for a descriptor that is not open, ENOTSOCK for one that is not a socket', () => {
    const at: SocketAddress = { family: 'ipv4', host: '127.0.0.1', port: 9 };
    const calls: Readonly<Record<string, (fd: number) => unknown>> = {
      bind: fd => bind(fd, at),
      connect: fd => connect(fd, at),
      listen: fd => listen(fd),
      accept4: fd => accept(fd),
      shutdown: fd => shutdown(fd),
      getsockname: fd => localAddress(fd),
      getpeername: fd => peerAddress(fd),
      setsockopt: fd => setOption(fd, SocketOption.noDelay, 1),
      getsockopt: fd => getOption(fd, SocketOption.error),
      sendto: fd => sendTo(fd, new Uint8Array(1), at),
      recvfrom: fd => receiveFrom(fd, new Uint8Array(1)),
    };
    for (const [syscall, call] of Object.entries(calls)) {
      expect(failureOf(() => call(NOT_OPEN))).to.include({ code: 'EBADF', syscall });
      expect(failureOf(() => call(0 /* a pipe, or a file */))).to.include({ code: 'ENOTSOCK', syscall });
    }
  });

  it('bind names the address in its error', () => {
    const { server } = opened.add(connectedPair());
    const taken = localAddress(server);
    const other = opened.add(socket('ipv4'));
    const listener = opened.add(socket('ipv4'));
    bind(listener, { family: 'ipv4', host: '127.0.0.1', port: 0 });
    const at = localAddress(listener) as { port: number };
    const error = failureOf(() => bind(other, localAddress(listener)));
    expect(error).to.include({ code: 'EADDRINUSE', syscall: 'bind' });
    expect(error.message).to.equal(`EADDRINUSE: address already in use, bind 127.0.0.1:${at.port}`);
    expect(taken.family).to.equal('ipv4');
    expect(failureOf(() => bind(other, { family: 'ipv4', host: '203.0.113.1', port: 0 }))).to.include({
      code: 'EADDRNOTAVAIL',
    });
  });

  it('connect names the address that it could not reach: at once, or with takeError', () => {
    const listener = socket('ipv4');
    bind(listener, { family: 'ipv4', host: '127.0.0.1', port: 0 });
    const nobody = localAddress(listener) as { port: number } & SocketAddress;
    close(listener);
    const fd = opened.add(socket('ipv4'));
    expect(connect(fd, nobody)).to.equal(false);
    expect(untilReady(fd, PollEvents.writable) & PollEvents.error).not.to.equal(0);
    const error = takeError(fd, 'connect', `127.0.0.1:${nobody.port}`);
    expect(error).to.include({ code: 'ECONNREFUSED', errno: -111, syscall: 'connect' });
    expect(error?.message).to.equal(`ECONNREFUSED: connection refused, connect 127.0.0.1:${nobody.port}`);
    expect(takeError(fd, 'connect'), 'forgotten now').to.equal(undefined);

    const local = opened.add(socket('unix'));
    expect(failureOf(() => connect(local, { family: 'unix', path: '/no/such/socket' }))).to.include({
      code: 'ENOENT',
      syscall: 'connect',
      message: 'ENOENT: no such file or directory, connect /no/such/socket',
    });
  });

  it('connect to a Unix listener whose queue is full is EAGAIN, not "in progress"', () => {
    const at = abstractAddress();
    const listener = opened.add(socket('unix'));
    bind(listener, at);
    listen(listener, 0);
    expect(connect(opened.add(socket('unix')), at)).to.equal(true);
    expect(failureOf(() => connect(opened.add(socket('unix')), at))).to.include({ code: 'EAGAIN' });
  });

  it('shutdown ends both halves by default', () => {
    const { client, server } = opened.add(connectedPair(abstractAddress()));
    shutdown(client);
    expect(read(client, new Uint8Array(1))).to.equal(0);
    expect(read(server, new Uint8Array(1))).to.equal(0);
    expect(failureOf(() => send(server, bytesOf('x')))).to.include({ code: 'EPIPE' });
  });

  it('keep their options', () => {
    const { client } = opened.add(connectedPair());
    for (const [name, value] of [
      ['noDelay', 1],
      ['keepAlive', 1],
      ['keepIdle', 31],
      ['keepInterval', 7],
      ['keepCount', 3],
      ['reuseAddress', 1],
    ] as const) {
      setOption(client, SocketOption[name], value);
      expect(getOption(client, SocketOption[name]), name).to.equal(value);
    }
    const six = opened.add(socket('ipv6'));
    setOption(six, SocketOption.ipv6Only, 1);
    expect(getOption(six, SocketOption.ipv6Only)).to.equal(1);
    setOption(six, SocketOption.receiveBuffer, 10_000);
    expect(getOption(six, SocketOption.receiveBuffer), 'the system doubles it').to.equal(20_000);
  });

  it('share a port if all of them set reusePort', () => {
    const [a, b] = [1, 2].map(() => opened.add(socket('ipv4'))) as [number, number];
    for (const fd of [a, b]) setOption(fd, SocketOption.reusePort, 1);
    bind(a, { family: 'ipv4', host: '127.0.0.1', port: 0 });
    bind(b, localAddress(a));
    expect(localAddress(b)).to.deep.equal(localAddress(a));
  });

  it('throw EMSGSIZE for a datagram that is too large, and name its destination', () => {
    const fd = opened.add(socket('ipv4', 'datagram'));
    const error = failureOf(() => sendTo(fd, new Uint8Array(70_000), { family: 'ipv4', host: '127.0.0.1', port: 9 }));
    expect(error).to.include({ code: 'EMSGSIZE', syscall: 'sendto' });
    expect(error.message).to.equal(`EMSGSIZE: message too long, sendto descriptor ${fd} to 127.0.0.1:9`);
  });

  it('read ECONNRESET after the peer closed without reading everything', () => {
    const { client, server } = connectedPair();
    opened.add(client);
    send(client, bytesOf('never read'));
    close(server);
    untilReady(client, PollEvents.readable);
    expect(failureOf(() => read(client, new Uint8Array(1)))).to.include({ code: 'ECONNRESET', syscall: 'read' });
  });
});
