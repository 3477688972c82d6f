import { Clock, SleepStrategy, type Waits, type Wakeup } from 'escapement';

/** How long a reading of the clock takes, in milliseconds: so spinning makes time pass. */
export const TICK = 0.001;

/** A clock for tests without real time. What happens at an instant happens when the clock gets there. */
export class TickingClock extends Clock {
  #now = 1000;
  readonly #actions: { readonly at: number; readonly act: () => void }[] = [];

  override now(): number {
    this.advanceTo(this.#now + TICK);
    return this.#now;
  }

  /** What it shows, without a reading. */
  get shown(): number {
    return this.#now;
  }

  after(duration: number, act: () => void): void {
    this.#actions.push({ at: this.#now + duration, act });
    this.#actions.sort((a, b) => a.at - b.at);
  }

  advanceTo(instant: number): void {
    while (this.#actions[0] !== undefined && this.#actions[0].at <= instant) this.#step();
    this.#now = Math.max(this.#now, instant);
  }

  /** As a thread that sleeps: until the instant, or until an action requests the wakeup. */
  sleepUntil(instant: number, wakeup: Wakeup): void {
    while (!wakeup.requested && this.#actions[0] !== undefined && this.#actions[0].at <= instant) this.#step();
    if (wakeup.requested) return;
    if (instant === Infinity) throw new Error('nothing would ever end this sleep');
    this.#now = Math.max(this.#now, instant);
  }

  #step(): void {
    const { at, act } = this.#actions.shift()!;
    this.#now = Math.max(this.#now, at);
    act();
  }
}

/** One call of a strategy: the instant, and how long it was to sleep. */
export interface Call {
  readonly at: number;
  readonly duration: number;
}

export interface VirtualOptions {
  readonly waits?: Waits;
  /** How late its sleeps end. */
  readonly late?: number;
  /** Sleeps only for this part of the time. */
  readonly part?: number;
  readonly sleepsIn?: object;
}

/** Sleeps on a `TickingClock`, and notes its calls. */
export class VirtualStrategy extends SleepStrategy {
  override readonly alias = 'virtual';
  override readonly waits: Waits;
  override readonly sleepsIn: object | undefined;
  readonly calls: Call[] = [];
  closed = 0;

  constructor(
    override readonly clock: TickingClock,
    private readonly options: VirtualOptions = {},
  ) {
    super();
    this.waits = options.waits ?? 'blocks';
    this.sleepsIn = options.sleepsIn;
  }

  override sleep(until: number, wakeup: Wakeup): void | Promise<void> {
    const { clock } = this;
    const duration = until - clock.shown;
    this.calls.push({ at: clock.shown, duration });
    const { late = 0, part = 1 } = this.options;
    if (duration > 0) clock.sleepUntil(part < 1 ? clock.shown + part * Math.min(duration, 1e9) : until + late, wakeup);
    if (this.waits === 'yields') return new Promise(resolve => setImmediate(resolve));
  }

  override close(): void {
    this.closed++;
  }
}
