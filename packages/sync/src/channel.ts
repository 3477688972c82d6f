import { checkArgument } from '@escapement/core';
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
  /** @throws InvalidCountError, InvalidArgumentError */
  constructor(options: QueueOptions<T> = {}) {
    const { capacity = 0 } = checkArgument('new Channel', options, 'object', 'an object of options');
    super({ ...options, capacity });
  }

  /** @internal */
  protected override get noun(): string {
    return 'channel';
  }
}
