/// <reference lib="esnext.disposable" preserve="true" />
import type { Coroutine } from '@escapement/core';
import { DescriptorClosedError, Readable, Writable } from '@escapement/io';
import { close } from '@escapement/posix';
import { ClosedError } from './errors.js';

/**
 * Something with a descriptor, which it owns. Close it once nobody uses it any more: `close()`, `using`, or
 * `yield* manage(endpoint)` of `@escapement/promises` for the end of the task.
 */
export abstract class Endpoint implements Disposable {
  #fd: number;
  // Events are plain values: these two are yielded again and again.
  readonly #readable: Readable;
  #writable: Writable | undefined = undefined;

  /** @param fd an open descriptor, which belongs to the endpoint from now on */
  constructor(fd: number) {
    this.#readable = new Readable(fd);
    this.#fd = fd;
  }

  /** For calls of `@escapement/posix`, socket options for instance; -1 once it is closed. Close the endpoint, not this. */
  get fd(): number {
    return this.#fd;
  }

  /** What messages call it: `TCP stream 127.0.0.1:80`. */
  abstract describe(): string;

  get isClosed(): boolean {
    return this.#fd < 0;
  }

  /**
   * Closes it, at any moment and any number of times. Tasks that wait for it get `ClosedError`; what the system has taken
   * to send is sent.
   */
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
  protected get readable(): Readable {
    return this.#readable;
  }

  /** @internal */
  protected get writable(): Writable {
    this.#writable ??= new Writable(this.#readable.fd);
    return this.#writable;
  }

  /** @internal What to throw for `error`: who waits when it is closed shall hear of this, and not of a descriptor. */
  protected translated(error: unknown, action: string): unknown {
    return error instanceof DescriptorClosedError && this.isClosed ? new ClosedError(action, this.describe()) : error;
  }
}
