import { Queue, type QueueOptions } from './queue.js';

/**
 * A queue with a default capacity of 0: each `put` waits until another task takes the item.
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
