import { MemoryHandler, MemoryListener } from '@escapement/streams/memory';
import { expect } from 'chai';
import { type Coroutine, moveOnAfter, now, pause, sleep, spawn } from 'escapement';
import { codeOf, textOf } from '../net/net-loop.js';
import { virtualLoop } from '../support/virtual-loop.js';
import type { Played } from './memory-loop.js';

function play(program: () => Coroutine<void, Played>): void {
  virtualLoop({ handlers: [new MemoryHandler()] }).loop.runSync(program);
}

describe('a listener in memory', () => {
  it('connects after a latency of both ways, and accepts after one', () => {
    play(function* () {
      const listener = new MemoryListener({ latency: 5 }, { latency: 20 });
      const accepting = yield* spawn(function* () {
        const stream = yield* listener.accept();
        expect(yield* now()).to.equal(5);
        yield* stream.write('welcome');
      });
      const client = yield* listener.connect();
      expect(yield* now()).to.equal(25);
      expect(textOf(yield* client.read())).to.equal('welcome');
      yield* accepting;
    });
  });

  it('accepts in the order of arrival, each connection once, by any number of tasks', () => {
    play(function* () {
      const listener = new MemoryListener({ latency: [0, 9] });
      const accepted: unknown[] = [];
      for (let n = 0; n < 3; n++) {
        yield* spawn(
          function* () {
            for (;;) {
              const stream = yield* listener.accept();
              accepted.push(yield* stream.readLine());
            }
          },
          { daemon: true },
        );
      }
      for (let n = 0; n < 20; n++) {
        yield* spawn(function* () {
          const client = yield* listener.connect();
          yield* client.write(`${n}\n`);
        });
      }
      yield* sleep(100);
      expect(accepted.map(Number).sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 20 }, (_, n) => n));
    });
  });

  it('loses no connection when an accept is cancelled, also in the turn in which it comes', () => {
    for (const limit of [0, 4, 5, 6]) {
      play(function* () {
        const listener = new MemoryListener({ latency: 5 });
        yield* spawn(listener.connect());
        const first = yield* moveOnAfter(limit, listener.accept());
        const stream = first ?? (yield* listener.accept());
        expect(stream.isClosed).to.equal(false);
      });
    }
  });

  it('ends every wait and every later use with ClosedError when it is closed; what was not accepted is closed', () => {
    play(function* () {
      using listener = new MemoryListener();
      const acceptors = [yield* spawn(codeOf(listener.accept())), yield* spawn(codeOf(listener.accept()))];
      yield* pause();
      listener.close();
      listener.close();
      for (const acceptor of acceptors) expect(yield* acceptor).to.equal('ESC_CLOSED');
      expect(yield* codeOf(listener.accept())).to.equal('ESC_CLOSED');
      expect(yield* codeOf(listener.connect())).to.equal('ESC_CLOSED');
      const other = new MemoryListener();
      const client = yield* other.connect();
      other.close();
      expect(yield* client.read()).to.equal(undefined);
    });
  });

  it('leaves nothing open when a connect is cancelled', () => {
    play(function* () {
      const listener = new MemoryListener({ latency: 5 });
      expect(yield* moveOnAfter(7, listener.connect())).to.equal(undefined);
      const stream = yield* listener.accept();
      expect(yield* stream.read()).to.equal(undefined);
    });
  });
});
