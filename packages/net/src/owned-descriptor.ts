import type { Coroutine } from '@escapement/core';
import { DescriptorClosedError, Readable, Writable } from '@escapement/io';
import { close } from '@escapement/posix';
import { ClosedError } from '@escapement/streams';
import type { Endpoint } from './endpoint.js';

/** A descriptor that belongs to one endpoint, the events that wait for it, and what a close does to those who do. */
export abstract class OwnedDescriptor implements Endpoint {
  #fd: number;
  // Events are plain values: these two are yielded again and again.
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

  /** @internal @throws ClosedError, which says what was done with it */
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

  /** @internal For those who translate errors themselves: a coroutine less for each connection that waits. */
  get readable(): Readable {
    return this.#readable;
  }

  /** @internal */
  get writable(): Writable {
    this.#writable ??= new Writable(this.#readable.fd);
    return this.#writable;
  }

  /** @internal What to throw for `error`: who waits when it is closed shall hear of this, and not of a descriptor. */
  translated(error: unknown, action: string): unknown {
    return error instanceof DescriptorClosedError && this.isClosed ? new ClosedError(action, this.describe()) : error;
  }
}
