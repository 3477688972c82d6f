import { Clock, type Instant, SleepStrategy, type Waits, Wakeup } from 'escapement';

/** A clock that moves 50 ns with each reading, and otherwise when it is told to. */
export class SimulatedClock extends Clock {
  instant: Instant = 0;
  reads = 0;
  /** Called with each reading. */
  whenRead: (instant: Instant) => void = () => {};

  constructor(public step = 5e-5) {
    super();
  }

  override now(): Instant {
    this.reads++;
    this.instant += this.step;
    this.whenRead(this.instant);
    return this.instant;
  }
}

/** Blocks for no real time: each nap ends as late as `overshoot` says. */
export class SimulatedNaps extends SleepStrategy {
  override readonly alias: string = 'naps';
  override waits: Waits = 'blocks';
  napped = 0;
  naps = 0;
  isClosed = false;

  constructor(
    override readonly clock: SimulatedClock,
    public overshoot: () => number,
  ) {
    super();
  }

  override sleep(until: Instant, _wakeup: Wakeup): void | Promise<void> {
    const start = this.clock.instant;
    if (until <= start) return;
    this.naps++;
    this.clock.instant = until + this.overshoot();
    this.napped += this.clock.instant - start;
  }

  override close(): void {
    this.isClosed = true;
  }
}

/** The latenesses of sleeps by a schedule, and the share of the time that was spun. */
export function tick(strategy: SleepStrategy, naps: SimulatedNaps, period: number, ticks: number) {
  const { clock } = naps;
  const wakeup = new Wakeup();
  const start = clock.instant;
  const napped = naps.napped;
  const late: number[] = [];
  for (let n = 1; n <= ticks; n++) {
    const until = start + n * period;
    while (clock.now() < until) strategy.sleep(until, wakeup);
    late.push(clock.instant - until);
  }
  const elapsed = clock.instant - start;
  late.sort((a, b) => a - b);
  return {
    elapsed,
    spun: 1 - (naps.napped - napped) / elapsed,
    quantile: (share: number) => late[Math.ceil(share * ticks) - 1]!,
    shareWithin: (lateness: number) => late.filter(each => each <= lateness).length / ticks,
    earliest: late[0]!,
  };
}
