import { ioModule, type Readable, type Writable } from '@escapement/io';
import { openPipe, type StreamEvent, type TcpListener, type TcpStream } from '@escapement/net';
import type { ByteStream } from '@escapement/streams';
import { expect } from 'chai';
import { busyWaitModule, createLoop, EventLoop, type LoopEvent, type Pause, sleepModule } from 'escapement';
import { JumpStrategy } from '../support/virtual-loop.js';
import { MemoryStream, type Moved, MovedHandler } from './memory-stream.js';

// What must not compile. The compiler checks it: an `@ts-expect-error` without an error is an error.

/** True if `A` and `B` are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const isTrue = <T extends true>(_?: T): void => {};
type EventsOf<C> = C extends Generator<infer E, unknown, unknown> ? E : never;

/** Generic in the events, without further annotations. */
function* echo<E extends LoopEvent>(stream: ByteStream<E>) {
  for (let bytes = yield* stream.read(); bytes !== undefined; bytes = yield* stream.read()) yield* stream.write(bytes);
}

function* firstLine<E extends LoopEvent>(stream: ByteStream<E>) {
  return (yield* stream.readLine()) ?? 'none';
}

describe('streams: the types', () => {
  it('show the events of a stream in the coroutine that reads from it', () => {
    const onTcp = (stream: TcpStream) => firstLine(stream);
    const inMemory = (stream: MemoryStream) => firstLine(stream);
    isTrue<Same<EventsOf<ReturnType<typeof onTcp>>, Readable | Writable | Pause>>();
    isTrue<Same<EventsOf<ReturnType<typeof onTcp>>, StreamEvent>>();
    isTrue<Same<EventsOf<ReturnType<typeof inMemory>>, Moved | Pause>>();
    const either = (stream: TcpStream | MemoryStream) => firstLine<StreamEvent | Moved>(stream);
    isTrue<Same<EventsOf<ReturnType<typeof either>>, StreamEvent | Moved>>();
  });

  it('take a generic handler for the connections of a listener', () => {
    const serving = (listener: TcpListener) => listener.serve(echo);
    const annotated = (listener: TcpListener) =>
      listener.serve(function* (stream: ByteStream<StreamEvent>) {
        yield* echo(stream);
      });
    isTrue<Same<EventsOf<ReturnType<typeof serving>>, EventsOf<ReturnType<typeof annotated>>>>();
    isTrue<Readable extends EventsOf<ReturnType<typeof serving>> ? true : false>();
    const io = createLoop(busyWaitModule, ioModule, sleepModule);
    const noIo = createLoop(busyWaitModule, sleepModule);
    const programs = (listener: TcpListener) => {
      io.runSync(listener.serve(echo));
      // @ts-expect-error Readable and Writable have no handler in this loop
      noIo.runSync(listener.serve(echo));
    };
    expect(programs).to.be.a('function');
  });

  it('refuse a stream whose events have no handler', () => {
    const strategy = new JumpStrategy();
    const moved = new EventLoop({ strategy, handlers: [new MovedHandler()] });
    const bare = new EventLoop({ strategy });
    expect(moved.runSync(firstLine(new MemoryStream('a', 'b\n')))).to.equal('ab');
    // @ts-expect-error Moved has no handler in this loop
    expect(() => bare.runSync(firstLine(new MemoryStream('a\n')))).to.throw(/no handler serves/);
    const { reader, writer } = openPipe();
    // @ts-expect-error Readable has no handler in this loop
    expect(() => moved.runSync(reader.read())).to.throw(/no handler serves/);
    reader.close();
    writer.close();
  });

  it('refuse a stream with more events than the program accepts', () => {
    function* onMemory(stream: ByteStream<Moved | Pause>) {
      return yield* stream.read();
    }
    const programs = (tcp: TcpStream, memory: MemoryStream) => {
      onMemory(memory);
      // @ts-expect-error a TcpStream waits for Readable and Writable
      onMemory(tcp);
      // @ts-expect-error a number cannot be written
      memory.write(5);
    };
    expect(programs).to.be.a('function');
  });
});
