import type { Coroutine } from '@escapement/core';
import { DescriptorClosedError, Readable, Writable } from '@escapement/io';
import { close } from '@escapement/posix';
import { ClosedError } from '@escapement/streams';
import type { Endpoint } from './endpoint.js';

/** A descriptor that belongs to one endpoint, with its events. A close throws `ClosedError` in the tasks that wait for it. */
export abstract class OwnedDescriptor implements Endpoint {
  #fd: number;
  // Events are plain values: these two are used for every wait.
  readonly #readable: Readable;
  #writable: Writable | undefined = undefined;

  constructor(fd: number) {
    this.#readable = new Readable(fd);
    this.#fd = fd;
  }

  get fd(): number {
    return this.#fd;
  }

  abstract describe(): string;

  get isClosed(): boolean {
    return this.#fd < 0;
  }

  close(): void {
    if (this.#fd < 0) return;
    const fd = this.#fd;
    this.#fd = -1;
    close(fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** @internal @param action for the message: `read from` @throws ClosedError */
  openFd(action: string): number {
    if (this.#fd < 0) throw new ClosedError(action, this.describe());
    return this.#fd;
  }

  /** @internal */
  protected *whenReadable(action: string): Coroutine<void, Readable> {
    try {
      yield* this.#readable;
    } catch (error) {
      throw this.translated(error, action);
    }
  }

  /** @internal */
  protected *whenWritable(action: string): Coroutine<void, Writable> {
    try {
      yield* this.writable;
    } catch (error) {
      throw this.translated(error, action);
    }
  }

  /** @internal For callers that translate errors themselves: saves a coroutine for each connection that waits. */
  get readable(): Readable {
    return this.#readable;
  }

  /** @internal */
  get writable(): Writable {
    this.#writable ??= new Writable(this.#readable.fd);
    return this.#writable;
  }

  /** @internal Replaces the `DescriptorClosedError` of a closed endpoint with `ClosedError`, which names the endpoint. */
  translated(error: unknown, action: string): unknown {
    return error instanceof DescriptorClosedError && this.isClosed ? new ClosedError(action, this.describe()) : error;
  }
}
