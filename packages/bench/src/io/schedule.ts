import type { Duration, Instant } from 'escapement';

/** When each request is due: at a fixed rate, on the connections in turn. */
export class Schedule {
  readonly #interval: Duration;

  /** @param rate requests per second, over all connections */
  constructor(
    readonly start: Instant,
    rate: number,
    readonly connections: number,
    readonly total: number,
  ) {
    this.#interval = 1000 / rate;
  }

  /** The numbers of the requests of one connection. */
  *numbersOf(connection: number): Generator<number> {
    for (let number = connection; number < this.total; number += this.connections) yield number;
  }

  dueAt(number: number): Instant {
    return this.start + number * this.#interval;
  }
}
