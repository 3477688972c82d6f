import { type Readable, readable } from '@escapement/io';
import { close, eventCounter, lower, raise } from '@escapement/posix';
import type { Coroutine } from 'escapement';

/** Any thread of the process rings it; a coroutine of any loop hears it. */
export class Bell {
  /** @param counter of a bell that another thread has made */
  constructor(readonly counter: number = eventCounter()) {}

  ring(): void {
    raise(this.counter);
  }

  /** Waits until it has been rung since it was heard last. One coroutine listens. */
  *rung(): Coroutine<void, Readable> {
    yield* readable(this.counter);
    lower(this.counter);
  }

  close(): void {
    close(this.counter);
  }
}
