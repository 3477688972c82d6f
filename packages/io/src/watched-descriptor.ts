import type { Waiter } from '@escapement/core';
import { DescriptorClosedError } from './descriptor-closed-error.js';
import { Interest } from './interest.js';

/** A descriptor that somebody waits for, or waited for lately. */
export class WatchedDescriptor {
  readonly readers: Waiter<void>[] = [];
  readonly writers: Waiter<void>[] = [];
  /** What the selector looks for. */
  watched: Interest = Interest.none;
  /** Found ready, and nobody waited: the first time its task may be about to come back. */
  isNeedless = false;

  constructor(readonly fd: number) {}

  /** What somebody waits for. */
  get wanted(): Interest {
    return (this.readers.length > 0 ? Interest.read : 0) | (this.writers.length > 0 ? Interest.write : 0);
  }

  get waiting(): number {
    return this.readers.length + this.writers.length;
  }

  lineFor(interest: Interest): Waiter<void>[] {
    return interest === Interest.read ? this.readers : this.writers;
  }

  /** Settles all who wait for any of `ready`. @returns how many */
  settle(ready: Interest): number {
    let count = 0;
    if (ready & Interest.read) count += settleAll(this.readers);
    if (ready & Interest.write) count += settleAll(this.writers);
    return count;
  }

  /** The descriptor was closed. @returns how many waited */
  fail(): number {
    const count = this.waiting;
    for (const waiter of this.readers.splice(0))
      waiter.reject(new DescriptorClosedError(waiter.task?.name, this.fd, 'readable'));
    for (const waiter of this.writers.splice(0))
      waiter.reject(new DescriptorClosedError(waiter.task?.name, this.fd, 'writable'));
    return count;
  }
}

function settleAll(line: Waiter<void>[]): number {
  const count = line.length;
  for (let n = 0; n < count; n++) line[n]!.resolve();
  line.length = 0;
  return count;
}
