import { BufferedStream } from '@escapement/streams';
import { EventHandler, LoopEvent, type Waiter } from 'escapement';

/** A memory stream may be ready. */
export class Moved extends LoopEvent<void> {
  readonly kind = 'moved';
}

/** Ends each wait in the same turn; most of these wakeups are spurious. */
export class MovedHandler extends EventHandler<Moved> {
  override readonly handles = Moved;
  waits = 0;

  override arm(_event: Moved, waiter: Waiter<void>): void {
    this.waits++;
    waiter.resolve();
  }

  override disarm(): void {}
}

/** A stream that a test controls step by step. */
export class MemoryStream extends BufferedStream<Moved> {
  /** What `receive` returns, call by call; then the end. */
  readonly incoming: Uint8Array[] = [];
  /** How many bytes `send` accepts, call by call; then all. */
  readonly room: number[] = [];
  /** What each `send` accepted. */
  readonly sent: string[] = [];
  isClosed = false;
  protected override readonly readable = new Moved();
  protected override readonly writable = new Moved();

  constructor(...pieces: string[]) {
    super();
    this.incoming.push(...pieces.map(piece => Buffer.from(piece)));
  }

  protected override receive(): Uint8Array | undefined {
    return this.incoming.shift();
  }

  protected override send(pieces: readonly Uint8Array[]): number {
    const all = Buffer.concat(pieces);
    const taken = all.subarray(0, this.room.shift() ?? all.length);
    this.sent.push(taken.toString());
    return taken.length;
  }

  override describe(): string {
    return 'memory stream';
  }

  override close(): void {
    this.isClosed = true;
  }
}
