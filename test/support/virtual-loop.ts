import {
  Clock,
  debugging,
  type EventHandler,
  EventLoop,
  type Instant,
  type Instrument,
  type LoopWarning,
  type SchedulingPolicy,
  SleepHandler,
  SleepStrategy,
} from 'escapement';

/** A clock that stands still until a test moves it. */
export class VirtualClock extends Clock {
  time: Instant = 0;
  /** How far each call of `now` moves the clock: a step of a coroutine costs time, too. */
  costOfLooking = 0;

  override now(): Instant {
    this.time += this.costOfLooking;
    return this.time;
  }
}

/** Lets time pass by jumping: no test has to sleep. */
export class JumpStrategy extends SleepStrategy {
  override readonly alias = 'jump';
  override readonly waits = 'blocks';
  override readonly clock = new VirtualClock();
  readonly sleeps: Instant[] = [];

  override sleep(until: Instant): void {
    this.sleeps.push(until);
    if (until === Infinity) throw new Error('JumpStrategy was asked to sleep for ever');
    this.clock.time = Math.max(this.clock.time, until);
  }
}

export interface VirtualLoopOptions<H extends EventHandler> {
  readonly handlers?: readonly H[];
  readonly instruments?: readonly Instrument[];
  readonly policy?: SchedulingPolicy;
  /** With the instruments of `debugging`. */
  readonly debug?: boolean;
  readonly onPolicyFault?: 'fail' | 'fifo';
}

/** A loop in virtual time with `sleep` and the given options. */
export function virtualLoop<H extends EventHandler = never>(options: VirtualLoopOptions<H> = {}) {
  return virtualLoopOf(new JumpStrategy(), options);
}

/** The same with a strategy of the test's own. */
export function virtualLoopOf<H extends EventHandler = never>(
  strategy: JumpStrategy,
  options: VirtualLoopOptions<H> = {},
) {
  const warnings: LoopWarning[] = [];
  const { debug, instruments: given = [], ...others } = options;
  const instruments: Instrument[] = [
    { warned: warning => warnings.push(warning) },
    ...given,
    ...(debug ? debugging(strategy.clock) : []),
  ];
  const handlers = [new SleepHandler(strategy.clock), ...(options.handlers ?? [])];
  return {
    loop: new EventLoop({ strategy, ...others, instruments, handlers }),
    clock: strategy.clock,
    strategy,
    warnings,
  };
}
