import { MessageChannel } from 'node:worker_threads';
import { type HandlerAdapter, handlerLaws } from '@escapement/conformance';
import { type Clock, EventHandler, type Instant, LoopEvent, type Waiter } from '@escapement/core';
import { type Broken, leftRunning } from './zoo.js';

export class Until extends LoopEvent<void> {
  readonly kind = 'until';
  constructor(readonly until: Instant) {
    super();
  }
}

interface Entry {
  readonly until: Instant;
  readonly waiter: Waiter<void>;
}

/** A list, sorted at each poll. Sound; each of the others below has one mistake. */
export class TimerHandler extends EventHandler<Until> {
  override readonly handles = Until;
  protected entries: Entry[] = [];

  constructor(protected readonly clock: Clock) {
    super();
  }
  override arm({ until }: Until, waiter: Waiter<void>): void {
    this.entries.push({ until, waiter });
  }
  override disarm(_event: Until, waiter: Waiter<void>): void {
    this.entries = this.entries.filter(entry => entry.waiter !== waiter);
  }
  override poll(now: Instant): void {
    const due = this.entries.filter(({ until }) => until <= now).sort((a, b) => a.until - b.until);
    this.entries = this.entries.filter(({ until }) => until > now);
    for (const { waiter } of due) waiter.resolve();
  }
  override nextDeadline(): Instant {
    return this.entries.reduce((earliest, { until }) => Math.min(earliest, until), Infinity);
  }
  override close(): void {
    this.entries = [];
  }
}

/** With a `setTimeout` for each wait. Sound. */
export class HostTimerHandler extends EventHandler<Until> {
  override readonly handles = Until;
  override readonly needsHost: boolean = true;
  protected readonly timers = new Map<Waiter<void>, NodeJS.Timeout>();

  constructor(private readonly clock: Clock) {
    super();
  }
  override arm({ until }: Until, waiter: Waiter<void>): void {
    const left = Math.min(until - this.clock.now(), 2 ** 31 - 1);
    this.timers.set(
      waiter,
      setTimeout(() => this.fired(until, waiter), Math.max(0, left)),
    );
  }
  protected fired(until: Instant, waiter: Waiter<void>): void {
    this.timers.delete(waiter);
    // It may fire early.
    if (this.clock.now() < until) this.arm(new Until(until), waiter);
    else waiter.resolve();
  }
  override disarm(_event: Until, waiter: Waiter<void>): void {
    clearTimeout(this.timers.get(waiter));
    this.timers.delete(waiter);
  }
  override inFlight(): number {
    return this.timers.size;
  }
}

export function timerAdapter(
  handler: (clock: Clock) => EventHandler<Until>,
  ordered = true,
): HandlerAdapter<EventHandler<Until>> {
  return { handler, timed: until => new Until(until), ordered };
}

class WholeMilliseconds extends TimerHandler {
  override arm({ until }: Until, waiter: Waiter<void>): void {
    super.arm(new Until(Math.floor(until)), waiter);
  }
}

class OwnClock extends TimerHandler {
  override poll(): void {
    super.poll(Date.now());
  }
}

class LastDeadline extends TimerHandler {
  override nextDeadline(): Instant {
    return this.entries.at(-1)?.until ?? Infinity;
  }
}

class Durations extends TimerHandler {
  override nextDeadline(): Instant {
    return super.nextDeadline() - this.clock.now();
  }
}

class Unsorted extends TimerHandler {
  override poll(now: Instant): void {
    const due = this.entries.filter(({ until }) => until <= now);
    this.entries = this.entries.filter(({ until }) => until > now);
    for (const { waiter } of due) waiter.resolve();
  }
}

class AtOnce extends TimerHandler {
  override arm(event: Until, waiter: Waiter<void>): void {
    // "It is over already." But it overtakes those that are due before it.
    if (event.until <= this.clock.now()) waiter.resolve();
    else super.arm(event, waiter);
  }
}

/** Numbers for the system, which knows no Infinity. */
class Int32Deadlines extends TimerHandler {
  override arm({ until }: Until, waiter: Waiter<void>): void {
    const offset = (until - this.clock.now()) | 0;
    super.arm(new Until(this.clock.now() + offset), waiter);
  }
}

class Unclosed extends TimerHandler {
  override disarm(): void {}
  override close(): void {}
}

class SmallTable extends TimerHandler {
  override arm(event: Until, waiter: Waiter<void>): void {
    if (this.entries.length === 300) this.entries.pop();
    super.arm(event, waiter);
  }
}

class ForgetsTimers extends HostTimerHandler {
  override disarm(_event: Until, waiter: Waiter<void>): void {
    const timer = this.timers.get(waiter);
    leftRunning.push(() => clearTimeout(timer));
    this.timers.delete(waiter);
  }
}

/** Begins with the first wait to look now and then, and never ends that. */
class LooksForEver extends HostTimerHandler {
  #looks = false;
  override arm(event: Until, waiter: Waiter<void>): void {
    if (!this.#looks) {
      const timer = setInterval(() => {}, 100);
      leftRunning.push(() => clearInterval(timer));
    }
    this.#looks = true;
    super.arm(event, waiter);
  }
}

/** Hears from another thread through a port, which it does not close. */
class ListensForEver extends HostTimerHandler {
  #listens = false;
  override arm(event: Until, waiter: Waiter<void>): void {
    if (!this.#listens) {
      const { port1 } = new MessageChannel();
      port1.on('message', () => {});
      leftRunning.push(() => port1.close());
    }
    this.#listens = true;
    super.arm(event, waiter);
  }
}

class ForgetsToCount extends HostTimerHandler {
  override inFlight(): number {
    return 0;
  }
}

class CountsAllEver extends HostTimerHandler {
  #ever = 0;
  override arm(event: Until, waiter: Waiter<void>): void {
    this.#ever++;
    super.arm(event, waiter);
  }
  override inFlight(): number {
    return this.#ever;
  }
}

class NeedsNobody extends HostTimerHandler {
  override readonly needsHost = false;
}

const timer = (
  mistake: string,
  breaks: string,
  make: (clock: Clock) => EventHandler<Until>,
  also: readonly string[] = [],
  ordered = true,
): Broken => ({
  mistake,
  breaks,
  also,
  laws: runner => handlerLaws(runner, timerAdapter(make, ordered), { seed: 1 }),
});

export const timers: readonly Broken[] = [
  timer('goes by a clock of its own', 'H8', clock => new OwnClock(clock), ['H1', 'H2', 'H3', 'H4', 'H6', 'H9']),
  timer('names a duration as its deadline', 'H1', clock => new Durations(clock), [
    'H2',
    'H3',
    'H4',
    'H6',
    'H8',
    'H9',
    'H10',
    'H15',
    'H16',
  ]),
  timer('stores deadlines as 32-bit numbers', 'H1', clock => new Int32Deadlines(clock), ['H6', 'H8']),
  timer('has room for 300 waits', 'H1', clock => new SmallTable(clock), ['H4', 'H6', 'H9']),
  timer('settles in the order of arrival', 'H6', clock => new Unsorted(clock)),
  timer('settles in arm what is due already', 'H6', clock => new AtOnce(clock)),
  timer('rounds deadlines down', 'H8', clock => new WholeMilliseconds(clock), ['H6']),
  timer('names the deadline of the last wait', 'H9', clock => new LastDeadline(clock)),
  timer('keeps its waits when the run ends', 'H15', clock => new Unclosed(clock), ['H3', 'H17']),
  timer('clears no timer of the host', 'H16', clock => new ForgetsTimers(clock), ['H17'], false),
  {
    ...timer('goes on with a timer that looks', 'H16', clock => new LooksForEver(clock), [], false),
    says: /more than before: Timeout \d+ instead of \d+\. End it in disarm\(\) or close\(\)/,
  },
  {
    ...timer('goes on listening to a port', 'H16', clock => new ListensForEver(clock), [], false),
    says: /MessagePort \d+ instead of \d+/,
  },
  timer('does not count what the host ends', 'H10', clock => new ForgetsToCount(clock), [], false),
  timer('counts waits that are over', 'H10', clock => new CountsAllEver(clock), ['H15'], false),
  timer(
    'does not say that it needs the host',
    'H10',
    clock => new NeedsNobody(clock),
    ['H1', 'H4', 'H5', 'H9', 'H15', 'H16', 'H17'],
    false,
  ),
];
