import { TcpListener, TcpStream, UdpSocket } from '@escapement/net';
import { expect } from 'chai';
import { moveOnAfter, pause, sleep, spawn, type Task } from 'escapement';
import { underEach, warmUp } from './net-loop.js';

describe('net: a wait that is disarmed has taken nothing', () => {
  before(warmUp);

  underEach('8. no connection is lost by accepts that are cancelled or time out, in whatever turn', function* () {
    const count = 60;
    using listener = TcpListener.listen();
    const connecting = yield* spawn(function* () {
      for (let n = 0; n < count; n++) {
        using client = yield* TcpStream.connect({ port: listener.address.port });
        yield* client.write(`${n}\n`);
        if (n % 5 === 0) yield* sleep(0.3);
      }
    });
    const seen: (string | undefined)[] = [];
    for (let n = 0; seen.length < count; n++) {
      const accepting: Task<TcpStream> = yield* spawn(listener.accept());
      for (let step = n % 4; step > 0; step--) yield* pause();
      accepting.cancel();
      yield* sleep(0.05);
      const { result } = accepting;
      const stream = result.state === 'succeeded' ? result.value : yield* moveOnAfter((n % 3) / 10, listener.accept());
      if (stream === undefined) continue;
      seen.push(yield* stream.readLine());
      stream.close();
    }
    yield* connecting;
    expect(seen.map(Number).sort((a, b) => a - b)).to.deep.equal(Array.from({ length: count }, (_, n) => n));
  });

  underEach('8. no datagram is lost by receives that are cancelled or time out, in whatever turn', function* () {
    const count = 60;
    using receiver = UdpSocket.open();
    using sender = UdpSocket.open();
    const sending = yield* spawn(function* () {
      for (let n = 0; n < count; n++) {
        yield* sender.send(`${n}`, receiver.address);
        if (n % 5 === 0) yield* sleep(0.3);
      }
    });
    const seen: string[] = [];
    for (let n = 0; seen.length < count; n++) {
      const receiving = yield* spawn(receiver.receive());
      for (let step = n % 4; step > 0; step--) yield* pause();
      receiving.cancel();
      yield* sleep(0.05);
      const { result } = receiving;
      const datagram =
        result.state === 'succeeded' ? result.value : yield* moveOnAfter((n % 3) / 10, receiver.receive());
      if (datagram !== undefined) seen.push(Buffer.from(datagram.bytes).toString());
    }
    yield* sending;
    expect(seen).to.deep.equal(Array.from({ length: count }, (_, n) => `${n}`));
  });
});
