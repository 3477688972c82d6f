import {
  type Clock,
  type Duration,
  type Instant,
  type LoopModule,
  SleepStrategy,
  type Waits,
  type Wakeup,
  wrapperModule,
} from 'escapement';

/** Notes how late the sleeps of another strategy end. */
export class MeasuredStrategy extends SleepStrategy {
  override readonly alias: string;
  readonly #inner: SleepStrategy;
  #worst: Duration = 0;

  constructor(inner: SleepStrategy) {
    super();
    this.#inner = inner;
    this.alias = `measured-${inner.alias}`;
    // The base class has a field of this name, which would hide a getter of this class.
    Object.defineProperty(this, 'sleepsIn', { get: () => inner.sleepsIn });
  }

  /** In milliseconds. */
  get worst(): Duration {
    return this.#worst;
  }

  override get clock(): Clock {
    return this.#inner.clock;
  }

  override get waits(): Waits {
    return this.#inner.waits;
  }

  override sleep(until: Instant, wakeup: Wakeup): void | Promise<void> {
    const slept = this.#inner.sleep(until, wakeup);
    if (slept === undefined) this.#measure(until);
    else return slept.then(() => this.#measure(until));
  }

  override close(): void {
    this.#inner.close();
  }

  #measure(until: Instant): void {
    this.#worst = Math.max(this.#worst, this.clock.now() - until);
  }
}

/** @example createLoop(measured(setTimeoutModule, strategy => { kept = strategy; }), sleepModule); */
export function measured(inner: LoopModule, onMade: (strategy: MeasuredStrategy) => void): LoopModule {
  return wrapperModule(inner, strategy => {
    const wrapper = new MeasuredStrategy(strategy);
    onMade(wrapper);
    return wrapper;
  });
}
