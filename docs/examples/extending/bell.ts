import { type Readable, readable } from '@escapement/io';
import { close, eventCounter, lower, raise } from '@escapement/posix';
import type { Coroutine } from 'escapement';

/** Any thread of the process can ring it; a coroutine of any loop can wait for that. */
export class Bell {
  /** @param counter the `counter` of a bell that another thread has made */
  constructor(readonly counter: number = eventCounter()) {}

  ring(): void {
    raise(this.counter);
  }

  /** Waits until it is rung, or returns at once if it was rung since the last wait. One coroutine may wait at a time. */
  *rung(): Coroutine<void, Readable> {
    yield* readable(this.counter);
    lower(this.counter);
  }

  close(): void {
    close(this.counter);
  }
}
