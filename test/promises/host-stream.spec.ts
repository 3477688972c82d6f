import { EventEmitter, once } from 'node:events';
import { createServer, connect as dial } from 'node:net';
import { PassThrough, Readable, Writable } from 'node:stream';
import { SinkClosedError, sinkOf } from '@escapement/promises';
import { type HostStream, hostStream, PrematureCloseError } from '@escapement/promises/streams';
import { ClosedError } from '@escapement/streams';
import { expect } from 'chai';
import {
  Cancelled,
  type Coroutine,
  createLoop,
  type LoopEvent,
  pause,
  setTimeoutModule,
  sleep,
  spawn,
  type Yieldable,
} from 'escapement';
import fc from 'fast-check';
import { errorOf, hostTurn, promiseLoop, unhandledDuring } from './promise-loop.js';

const listenersOf = (emitter: EventEmitter) =>
  Object.fromEntries(emitter.eventNames().map(name => [name, emitter.listenerCount(name)]));

function* readAll(stream: HostStream) {
  const chunks: Uint8Array[] = [];
  for (let bytes = yield* stream.read(); bytes !== undefined; bytes = yield* stream.read()) chunks.push(bytes);
  return Buffer.concat(chunks).toString();
}

describe('hostStream', () => {
  it('reads and writes a socket of Node in lines, and ends one half before the other', async () => {
    const { loop } = promiseLoop();
    const server = createServer({ allowHalfOpen: true }, socket => {
      socket.on('data', data => socket.write(data.toString().toUpperCase())).on('end', () => socket.end('bye\n'));
    });
    server.listen(0);
    await once(server, 'listening');
    const socket = dial({ port: (server.address() as { port: number }).port, allowHalfOpen: true });
    await once(socket, 'connect');
    const before = listenersOf(socket);
    await loop.run(function* () {
      const stream = yield* hostStream(socket, { name: 'socket to the server' });
      yield* stream.write('one\ntwo\n');
      expect([yield* stream.readLine(), yield* stream.readLine()]).to.deep.equal(['ONE', 'TWO']);
      yield* stream.end();
      expect([yield* stream.readLine(), yield* stream.readLine()]).to.deep.equal(['bye', undefined]);
      expect(stream.describe()).to.equal('socket to the server');
    });
    await hostTurn();
    expect(socket.destroyed).to.equal(true);
    for (const [name, count] of Object.entries(listenersOf(socket)))
      expect(count, name).to.be.at.most(before[name] ?? 0);
    server.close();
  });

  it('reads and writes Web streams', async () => {
    const { loop } = promiseLoop();
    await loop.run(function* () {
      const stream = yield* hostStream(new TransformStream<Uint8Array, Uint8Array>());
      const writer = yield* spawn(function* () {
        yield* stream.write('one\ntwo\nthree');
        yield* stream.end();
      });
      expect([yield* stream.readLine(), yield* readAll(stream)]).to.deep.equal(['one', 'two\nthree']);
      yield* writer;
      const body = yield* hostStream({ readable: new Response('text of a response').body! });
      expect(yield* readAll(body)).to.equal('text of a response');
    });
  });

  it('reads no more of a Readable than tasks take, but a few chunks', async () => {
    const { loop } = promiseLoop();
    let reads = 0;
    const source = new Readable({
      highWaterMark: 1000,
      read() {
        reads++;
        this.push(Buffer.alloc(1000, 'x'));
      },
    });
    await loop.run(function* () {
      const stream = yield* hostStream(source);
      yield* stream.read();
      yield* sleep(5);
      const ahead = reads;
      expect(ahead).to.be.below(10);
      yield* stream.readExactly(50_000);
      expect(reads).to.be.within(50, 60);
    });
    expect(source.destroyed).to.equal(true);
  });

  it('waits to write while the stream is full', async () => {
    const { loop } = promiseLoop();
    const taken: string[] = [];
    let goOn: (() => void) | undefined;
    const slow = new Writable({
      highWaterMark: 10,
      write(chunk, _encoding, callback) {
        taken.push(String(chunk));
        goOn = callback;
      },
    });
    await loop.run(function* () {
      const stream = yield* hostStream(slow);
      yield* stream.write('0123456789');
      const writer = yield* spawn(stream.write('more'));
      yield* sleep(2);
      expect([writer.state, taken]).to.deep.equal(['waiting', ['0123456789']]);
      goOn!();
      yield* writer;
      const ending = yield* spawn(stream.end());
      yield* sleep(2);
      expect(ending.state).to.equal('waiting');
      goOn!();
      yield* ending;
    });
    expect(taken).to.deep.equal(['0123456789', 'more']);
  });

  it('throws what the stream fails with, behind the bytes that came, and if it is closed before its end', async () => {
    const failure = new Error('reset');
    for (const [end, expected] of [
      [(stream: PassThrough) => stream.destroy(failure), failure],
      [(stream: PassThrough) => stream.destroy(), PrematureCloseError],
    ] as const) {
      const { loop } = promiseLoop();
      const source = new PassThrough();
      await loop.run(function* () {
        const stream = yield* hostStream(source);
        source.write('abc');
        expect(Buffer.from((yield* stream.read())!).toString()).to.equal('abc');
        setTimeout(() => end(source), 1);
        try {
          yield* stream.read();
          expect.fail('nothing was thrown');
        } catch (error) {
          if (expected === failure) expect(error).to.equal(failure);
          else expect(error).to.be.instanceOf(expected);
        }
      });
    }
  });

  it('ends the waits of its tasks with ClosedError when it is closed', async () => {
    for (const made of [() => new PassThrough({ highWaterMark: 1 }), () => new TransformStream()]) {
      const { loop } = promiseLoop();
      await loop.run(function* () {
        const stream = yield* hostStream(made());
        const waiting = yield* spawn(errorIn(() => stream.read()));
        yield* pause();
        stream.close();
        stream.close();
        expect(yield* waiting).to.be.instanceOf(ClosedError);
        expect(yield* errorIn(() => stream.write('x'))).to.be.instanceOf(ClosedError);
      });
    }
  });

  it('refuses what is no stream, gives no bytes, or cannot be written to', async () => {
    const { loop } = promiseLoop();
    for (const wrong of [5, undefined, {}, new EventEmitter(), []])
      expect((await errorOf(() => loop.run(hostStream(wrong as never)))).message).to.include('hostStream got');
    await loop.run(function* () {
      const objects = yield* hostStream(Readable.from([{ a: 1 }]));
      expect(((yield* errorIn(() => objects.read())) as Error).message).to.include('expected bytes or text');
      const readOnly = yield* hostStream(new Readable({ read() {} }), { name: 'a file' });
      expect(((yield* errorIn(() => readOnly.write('x'))) as Error).message).to.include('a file can only be read');
    });
  });

  it('leaves no listener and loses no byte, whatever the stream does and whenever the task ends', async () => {
    type Step = 'chunk' | 'turn' | 'end' | 'error' | 'destroy' | 'cancel';
    const step = fc.constantFrom<Step>('chunk', 'chunk', 'turn', 'turn', 'end', 'error', 'destroy', 'cancel');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 10 }), fc.nat(3), async (steps, slowness) => {
        const { loop, actions } = promiseLoop();
        const host = new PassThrough();
        // The host's own, so that an error after the end of the stream is nobody's.
        host.on('error', () => {});
        await hostTurn();
        const before = listenersOf(host);
        let sent = '';
        let got = '';
        let outcome: unknown = 'open';
        const unhandled = await unhandledDuring(() =>
          loop.run(function* () {
            const task = yield* spawn(function* () {
              try {
                const stream = yield* hostStream(host);
                for (let bytes = yield* stream.read(); bytes !== undefined; bytes = yield* stream.read()) {
                  got += Buffer.from(bytes).toString();
                  for (let n = 0; n < slowness; n++) yield* pause();
                }
                outcome = 'end';
              } catch (error) {
                outcome = error;
                if (error instanceof Cancelled) throw error;
              }
            });
            let count = 0;
            for (const each of steps) {
              if (each === 'turn') yield* sleep(0);
              else if (each === 'cancel') task.cancel();
              else if (each === 'chunk' && !host.destroyed && !host.writableEnded) {
                sent += `${count}.`;
                host.write(`${count++}.`);
              } else if (each === 'end') host.end();
              else if (each === 'error') host.destroy(new Error('broken'));
              else if (each === 'destroy') host.destroy();
            }
            host.end();
            yield* sleep(1);
          }),
        );
        await hostTurn();
        expect(unhandled).to.deep.equal([]);
        expect(sent.startsWith(got), `${got} of ${sent}`).to.equal(true);
        if (outcome === 'end') expect(got).to.equal(sent);
        for (const [name, listeners] of Object.entries(listenersOf(host)))
          expect(listeners, name).to.be.at.most(before[name] ?? 0);
        expect(actions.inFlight()).to.equal(0);
      }),
      { numRuns: 150 },
    );
  });
});

describe('sinkOf', () => {
  it('writes objects to a Writable and a WritableStream, with back-pressure, and waits for the end', async () => {
    const { loop } = promiseLoop();
    const taken: number[][] = [[], []];
    const node = new Writable({
      objectMode: true,
      highWaterMark: 1,
      write(item, _encoding, callback) {
        taken[0]!.push(item);
        setImmediate(callback);
      },
    });
    const web = new WritableStream<number>({
      async write(item) {
        taken[1]!.push(item);
        await hostTurn();
      },
    });
    await loop.run(function* () {
      for (const [index, stream] of [node, web].entries()) {
        const sink = yield* sinkOf<number>(stream);
        for (let item = 0; item < 5; item++) {
          yield* sink.write(item);
          expect(item - taken[index]!.length).to.be.at.most(2);
        }
        yield* sink.end();
        expect(taken[index]).to.deep.equal([0, 1, 2, 3, 4]);
        expect(yield* errorIn(() => sink.write(5))).to.be.instanceOf(SinkClosedError);
      }
    });
    expect(web.locked).to.equal(false);
  });

  it('throws what the stream fails with, also while it waits; an error between two writes ends no process', async () => {
    const failure = new Error('disk full');
    for (const made of [
      () => new Writable({ highWaterMark: 1, write: (_chunk, _encoding, callback) => setImmediate(callback, failure) }),
      () => new WritableStream({ write: () => hostTurn().then(() => Promise.reject(failure)) }, { highWaterMark: 1 }),
    ]) {
      const { loop } = promiseLoop();
      const unhandled = await unhandledDuring(() =>
        loop.run(function* () {
          const sink = yield* sinkOf<string>(made() as WritableStream<string>);
          yield* sink.write('first');
          expect(yield* errorIn(() => sink.write('second'))).to.equal(failure);
          expect(yield* errorIn(() => sink.write('third'))).to.equal(failure);
          expect(yield* errorIn(() => sink.end())).to.equal(failure);
        }),
      );
      expect(unhandled).to.deep.equal([]);
    }
  });

  it('destroys or aborts what has not ended at the end of its task, and leaves no listener', async () => {
    const { loop } = promiseLoop();
    let aborted = false;
    const node = new Writable({ write: () => {} });
    const web = new WritableStream({
      abort: () => {
        aborted = true;
      },
    });
    await loop.run(function* () {
      const task = yield* spawn(function* () {
        for (const stream of [node, web]) yield* (yield* sinkOf<string>(stream as WritableStream<string>)).write('x');
        yield* sleep(1000);
      });
      yield* sleep(2);
      task.cancel();
      while (!task.isEnded) yield* pause();
      expect([node.destroyed, aborted, web.locked]).to.deep.equal([true, true, false]);
    });
    await hostTurn();
    expect(listenersOf(node)).to.deep.equal({});
  });

  it('unlocks a WritableStream whose close fails after the task that waits for it was cancelled', async () => {
    const failure = new Error('disk full');
    const { loop } = promiseLoop();
    let failClose!: (error: Error) => void;
    const web = new WritableStream({
      close: () =>
        new Promise((_, reject) => {
          failClose = reject;
        }),
    });
    const run = loop.run(function* () {
      const task = yield* spawn(function* () {
        yield* (yield* sinkOf<string>(web)).end();
      });
      while (failClose === undefined) yield* sleep(0);
      task.cancel();
      yield* sleep(0);
      failClose(failure);
    });
    expect(await errorOf(() => run)).to.equal(failure);
    expect(web.locked).to.equal(false);
  });

  it('hands over what was written, in order, up to a fault, and leaves nothing, whatever fails and whenever its task ends', async () => {
    const failure = new Error('disk full');
    const script = fc.record({
      isWeb: fc.boolean(),
      highWaterMark: fc.integer({ min: 1, max: 3 }),
      writes: fc.nat(6),
      /** The write of the host that fails; the close after all of them may, too. */
      failsAt: fc.option(fc.nat(7)),
      isSlow: fc.boolean(),
      ends: fc.boolean(),
      cancelledAfter: fc.option(fc.nat(8)),
    });
    await fc.assert(
      fc.asyncProperty(script, async ({ isWeb, highWaterMark, writes, failsAt, isSlow, ends, cancelledAfter }) => {
        const { loop, actions } = promiseLoop();
        const taken: number[] = [];
        let calls = 0;
        const take = async (item?: number) => {
          if (isSlow) await hostTurn();
          if (calls++ === failsAt) throw failure;
          if (item !== undefined) taken.push(item);
        };
        const node = new Writable({
          objectMode: true,
          highWaterMark,
          write: (item, _encoding, callback) => void take(item).then(() => callback(), callback),
          final: callback => void take().then(() => callback(), callback),
        });
        const web = new WritableStream<number>({ write: take, close: () => take() }, { highWaterMark });
        const written: number[] = [];
        let outcome: unknown = 'nothing';
        const unhandled = await unhandledDuring(async () => {
          const run = loop.run(function* () {
            const task = yield* spawn(function* () {
              try {
                const sink = yield* sinkOf<number>(isWeb ? web : node);
                for (let item = 0; item < writes; item++) {
                  yield* sink.write(item);
                  written.push(item);
                }
                if (ends) yield* sink.end();
                outcome = 'end';
              } catch (error) {
                outcome = error;
                if (error instanceof Cancelled) throw error;
              }
            });
            if (cancelledAfter !== null) {
              for (let turn = 0; turn < cancelledAfter; turn++) yield* sleep(0);
              task.cancel();
            }
          });
          await run.catch(error => {
            // The sink may fail while a cancelled task closes it.
            if (error !== failure || cancelledAfter === null) throw error;
          });
          // A busy host may need more than one turn to end what it has begun.
          for (let turn = 0; turn < 10; turn++) await hostTurn();
        });
        expect(unhandled).to.deep.equal([]);
        // The host may have taken the item whose write was cancelled.
        expect(taken).to.deep.equal([...taken.keys()]);
        expect(taken.length).to.be.at.most(written.length + (outcome instanceof Cancelled ? 1 : 0));
        if (outcome === 'end' && ends) expect(taken).to.deep.equal(written);
        const failsInTime = failsAt !== null && failsAt <= writes;
        if (cancelledAfter === null && ends) expect(outcome).to.equal(failsInTime ? failure : 'end');
        expect(isWeb ? web.locked : listenersOf(node)).to.deep.equal(isWeb ? false : {});
        expect(actions.inFlight()).to.equal(0);
      }),
      { numRuns: 200 },
    );
  });

  it('does not compile in a loop without promiseModule, as little as hostStream does', () => {
    const loop = createLoop(setTimeoutModule);
    // @ts-expect-error promiseModule is missing
    expect(() => loop.run(sinkOf(new PassThrough()))).to.be.a('function');
    // @ts-expect-error promiseModule is missing
    expect(() => loop.run(hostStream(new PassThrough()))).to.be.a('function');
  });

  it('refuses what is no stream to write to', async () => {
    const { loop } = promiseLoop();
    for (const wrong of [5, undefined, {}, new Readable()])
      expect((await errorOf(() => loop.run(sinkOf(wrong as never)))).message).to.include('sinkOf got');
  });
});

function* errorIn<T, E extends LoopEvent>(program: () => Yieldable<T, E>): Coroutine<unknown, E> {
  try {
    yield* program();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
