import {
  type Coroutine,
  currentTask,
  describe,
  type EventHandler,
  EventLoop,
  type Instant,
  type LoopEvent,
  pause,
  type Task,
  type Watch,
  type WatchTarget,
} from '@escapement/core';
import { Alarm, AlarmHandler } from '../laws/alarm.js';
import { InvalidAdapterError, LawBrokenError } from '../laws/errors.js';
import { KitClock } from '../laws/kit-clock.js';
import { Patience } from '../laws/patience.js';
import { type EndedBy, StageStrategy } from '../laws/stage-strategy.js';
import { type HandlerAdapter, makeEvent, makeHandler, makePending, type Pending } from './handler-adapter.js';
import { Observations, observed, overrides } from './observed-handler.js';

/** What the kit runs on a stage: the events of the handler under test are of any class. */
export type Script<T = void> = (root: Task) => Coroutine<T, LoopEvent>;

/** A handler under test, in loops that the kit controls. */
export class Stage {
  readonly clock: KitClock;
  readonly handler: EventHandler;
  readonly endedBy: EndedBy;
  readonly seen: Observations;
  readonly strategy: StageStrategy;
  readonly #pendings: Pending<LoopEvent>[] = [];
  readonly #watches: Watch[] = [];
  readonly #dueOf = new WeakMap<LoopEvent, Instant>();

  /** @param isAsync lets the host run at each sleep */
  constructor(
    readonly adapter: HandlerAdapter,
    isAsync = false,
  ) {
    // Two clocks at most are made: the first handler only tells which.
    this.endedBy = endedBy(makeHandler(adapter, new KitClock()));
    this.clock = new KitClock(this.endedBy === 'loop' ? 0 : 1);
    this.handler = makeHandler(adapter, this.clock);
    this.seen = new Observations(this.clock, event => this.#dueOf.get(event) ?? Infinity);
    this.strategy = new StageStrategy(this.clock, this.endedBy, isAsync);
  }

  /** Runs `script` in a loop of its own. @throws LawBrokenError if the run fails */
  async run<T>(script: Script<T>): Promise<T> {
    const { strategy } = this;
    const handlers = [observed(this.handler, this.seen), new AlarmHandler()] as EventHandler[];
    const loop = new EventLoop({ strategy, handlers, instruments: [{ warned: () => {} }] });
    const endWatches = () => this.#endWatches();
    try {
      return await loop.run(function* () {
        try {
          return yield* script(yield* currentTask());
        } finally {
          endWatches();
        }
      });
    } catch (error) {
      throw faultOf(error);
    } finally {
      // Of a run that broke off before it came to its own clean-up.
      endWatches();
      for (const { dispose } of this.#pendings.splice(0)) dispose?.();
    }
  }

  /** Whether there are timed events, and the kit moves their clock. */
  get hasVirtualTimers(): boolean {
    return this.adapter.timed !== undefined && this.endedBy === 'loop';
  }

  pending(): Pending<LoopEvent> {
    const pending = makePending(this.adapter, this.handler);
    this.#pendings.push(pending);
    return pending;
  }

  timed(until: Instant): LoopEvent {
    const event = makeEvent('timed()', this.handler, () => this.adapter.timed!(until, this.clock));
    this.#dueOf.set(event, until);
    return event;
  }

  refused(): LoopEvent {
    return makeEvent('refused()', this.handler, () => this.adapter.refused!(this.handler));
  }

  /** Like `root.watch`. The run ends it, however it ends: a timer of the host that is left would keep the process alive. */
  watch(root: Task, event: LoopEvent, target: WatchTarget<unknown>): Watch {
    const watch = root.watch(event, target);
    this.#watches.push(watch);
    return watch;
  }

  #endWatches(): void {
    for (const watch of this.#watches.splice(0)) watch.breakOff();
  }

  /** A timed wait that is due in so many milliseconds; `happen` lets them pass if the kit moves the clock. */
  timedIn(duration: number): Pending<LoopEvent> {
    const due = this.clock.now() + duration;
    return { event: this.timed(due), happen: () => this.hasVirtualTimers && this.clock.moveTo(due) };
  }

  /** Lets `duration` milliseconds of the loop's time pass. */
  *pass(duration: number): Coroutine<void, LoopEvent> {
    yield* new Alarm(this.clock.now() + duration);
  }

  /** Lets the other tasks run, and the loop poll its handlers, a few times. */
  *turns(): Coroutine<void, LoopEvent> {
    for (let turn = 0; turn < 3; turn++) {
      yield* pause();
      yield* new Alarm(this.clock.now());
    }
  }

  /** Lets the loop go on until `isTrue`, for as long as the kit is patient. @returns whether it has become true */
  *until(isTrue: () => boolean): Coroutine<boolean, LoopEvent> {
    const end = this.clock.now() + 50;
    const patience = new Patience();
    const isOver = () => (this.endedBy === 'loop' ? this.clock.now() >= end : patience.isOver);
    while (!isTrue() && !isOver()) yield* this.pass(1);
    return isTrue();
  }
}

function endedBy(handler: EventHandler): EndedBy {
  if (handler.needsHost) return 'host';
  return overrides(handler, 'beforeSleep') ? 'thread' : 'loop';
}

/** What a run threw, as a broken law. */
function faultOf(error: unknown): Error {
  const cause = (error as { cause?: unknown } | undefined)?.cause;
  for (const each of [cause, error]) {
    if (each instanceof LawBrokenError || each instanceof InvalidAdapterError) return each;
  }
  return new LawBrokenError(`a run of the loop failed: ${describe(error)}`, error);
}
