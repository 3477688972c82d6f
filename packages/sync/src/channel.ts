import { Queue, type QueueOptions } from './queue.js';

/**
 * A queue that holds nothing, unless it is given a capacity: each `put` waits until somebody takes the item, so two tasks
 * meet. With a capacity it is a queue.
 *
 * @example
 * const channel = new Channel<string>();
 * yield* spawn(function* () { yield* channel.put('hello'); channel.close(); });
 * yield* channel.forEach(function* (word) { console.log(word); });
 */
export class Channel<T> extends Queue<T> {
  /** @throws InvalidCountError */
  constructor({ capacity = 0, ...others }: QueueOptions = {}) {
    super({ capacity, ...others });
  }

  /** @internal */
  protected override get noun(): string {
    return 'channel';
  }
}
