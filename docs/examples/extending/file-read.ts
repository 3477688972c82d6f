import { readFile } from 'node:fs';
import { EventHandler, handlerModule, LoopEvent, type Waiter } from 'escapement';

/** `yield* new FileRead(path)` evaluates to the content of the file, or throws what `fs.readFile` reports. */
export class FileRead extends LoopEvent<Buffer> {
  override readonly kind = 'file-read';

  constructor(readonly path: string) {
    super();
  }
}

export class FileReadHandler extends EventHandler<FileRead> {
  override readonly handles = FileRead;
  override readonly needsHost = true;
  readonly #reads = new Map<Waiter<Buffer>, AbortController>();

  override arm(event: FileRead, waiter: Waiter<Buffer>): void {
    const abort = new AbortController();
    readFile(event.path, { signal: abort.signal }, (error, content) => {
      this.#reads.delete(waiter);
      if (error) waiter.reject(error);
      else waiter.resolve(content);
    });
    // After the call: should it throw, nothing is in flight.
    this.#reads.set(waiter, abort);
  }

  override disarm(_event: FileRead, waiter: Waiter<Buffer>): void {
    this.#reads.get(waiter)?.abort();
    this.#reads.delete(waiter);
  }

  override inFlight(): number {
    return this.#reads.size;
  }
}

export const fileReadModule = handlerModule(FileReadHandler);
