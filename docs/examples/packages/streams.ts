import { EventLoop, type LoopEvent, type Pause, pause } from '@escapement/core';
import { BusyWaitStrategy, PerformanceClock } from '@escapement/strategies';
import { BufferedStream, type ByteStream } from '@escapement/streams';

/** Works with every stream: a socket, a pipe, the one below. */
function* shout<E extends LoopEvent>(stream: ByteStream<E>) {
  for (let line = yield* stream.readLine(); line !== undefined; line = yield* stream.readLine()) {
    yield* stream.write(line.toUpperCase());
  }
}

/** Reads from a text in small pieces and prints what is written, so that `shout` can be tried without a socket. */
class Script extends BufferedStream<Pause> {
  protected override readonly readable = pause(); // there is always something to read,
  protected override readonly writable = pause(); // and room to write
  override readonly isClosed = false;
  #left: Uint8Array;

  constructor(text: string) {
    super();
    this.#left = new TextEncoder().encode(text);
  }

  protected override receive() {
    const piece = this.#left.subarray(0, 3);
    this.#left = this.#left.subarray(3);
    return piece.length > 0 ? piece : undefined;
  }

  protected override send(pieces: readonly Uint8Array[]) {
    for (const piece of pieces) console.log(new TextDecoder().decode(piece));
    return pieces.reduce((sum, piece) => sum + piece.length, 0);
  }

  override describe() {
    return 'script';
  }

  override close() {}
}

const loop = new EventLoop({ strategy: new BusyWaitStrategy(new PerformanceClock()) });
loop.runSync(shout(new Script('good morning\nand good night')));
