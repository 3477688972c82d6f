import { Clock, type Duration, type Instant, SleepStrategy, type Wakeup } from '@escapement/core';
import { MissingHostFeatureError } from './errors.js';
import { LONGEST_TIMEOUT, sleepAtMost } from './set-timeout.js';

/** A page makes a timer that a timer has set last at least as long. */
const SHORTEST_TIMER: Duration = 4;
/** By as much a page's timer is late as a rule: so it ends before the deadline. */
const LAST_STRETCH: Duration = 2;

/** Then it returns early: if the clock stands still, the loop notices that, and says so. */
const MOST_TURNS = 1000;

/**
 * Yields the thread to the host: by `setTimeout` until about 2 ms before the deadline, then by messages of a `MessageChannel`
 * to itself. A wait of less than 6 ms takes messages only, because a page makes its timers last 4 ms or more.
 *
 * Cost: a core for the last 2 ms of a sleep, and for all of one shorter than 6 ms; no CPU time while there is no deadline.
 * Lateness: tens of microseconds, or as long as the host's callbacks take. The host goes on running: a page's input and
 * drawing, promises, messages. In a page that is hidden, a sleep of more than 6 ms may last a second or longer, because
 * browsers slow the timers of hidden pages down.
 * Choose it in a page or a worker whose waits are short and have to be exact: games, music, instruments. Where a millisecond
 * does not matter, `PostTaskStrategy` takes no CPU time, and has no least delay of 4 ms either. Not in Node, which takes up to
 * a thousand such messages before it looks for anything else: there, `SetImmediateStrategy`.
 */
export class MessageChannelStrategy extends SleepStrategy {
  override readonly alias = 'message-channel';
  override readonly waits = 'yields';
  readonly #turns = new MessageTurns();

  /** @throws MissingHostFeatureError if the host has no `MessageChannel` */
  constructor(override readonly clock: Clock) {
    super();
    if (typeof MessageChannel === 'function') return;
    throw new MissingHostFeatureError('MessageChannelStrategy', 'MessageChannel', 'Use SetTimeoutStrategy.');
  }

  override async sleep(until: Instant, wakeup: Wakeup): Promise<void> {
    let turns = 0;
    do {
      const rest = until - this.clock.now();
      if (rest < SHORTEST_TIMER + LAST_STRETCH || wakeup.requested) await this.#turns.next();
      else await timer(Math.floor(Math.min(rest - LAST_STRETCH, LONGEST_TIMEOUT)), wakeup);
    } while (this.clock.now() < until && !wakeup.requested && ++turns < MOST_TURNS);
  }

  override close(): void {
    this.#turns.close();
  }
}

function timer(duration: Duration, wakeup: Wakeup): Promise<void> {
  return new Promise(resolve => sleepAtMost(duration, wakeup, resolve));
}

/** Turns of the host's loop by messages to itself, which no host delays as it delays timers. One at a time. */
class MessageTurns {
  #port: InstanceType<typeof MessagePort> | undefined;
  #whenArrived: () => void = () => {};

  next(): Promise<void> {
    this.#port ??= this.#open();
    this.#port.postMessage(undefined);
    return new Promise(resolve => {
      this.#whenArrived = resolve;
    });
  }

  /** An open port keeps the process alive. */
  close(): void {
    this.#port?.close();
    this.#port = undefined;
  }

  #open(): InstanceType<typeof MessagePort> {
    const { port1, port2 } = new MessageChannel();
    // Node's types do not know this property.
    Object.assign(port1, { onmessage: () => this.#whenArrived() });
    return port2;
  }
}
