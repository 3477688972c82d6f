import { channel } from 'node:diagnostics_channel';
import type { Clock, Duration, Instant, Instrument, LoopEvent, LoopWarning, Task } from '@escapement/core';

/** What is published in each channel. The objects are the loop's own: read them, keep no task that has ended. */
export interface ChannelMessages {
  /** A task exists, and its first step is due. */
  readonly 'escapement:task:spawn': { readonly task: Task };
  /** A task has ended; see `task.result`. */
  readonly 'escapement:task:end': { readonly task: Task };
  /** The coroutine of a task ran so long, up to its next suspension. Only steps that begin while somebody subscribes. */
  readonly 'escapement:step': { readonly task: Task; readonly duration: Duration };
  /** A task waits for `event`. */
  readonly 'escapement:suspend': { readonly task: Task; readonly event: LoopEvent };
  /** The loop let time pass, or the host run. It would have ended this at `until`, or earlier. Only sleeps that begin while somebody subscribes. */
  readonly 'escapement:sleep': { readonly startedAt: Instant; readonly endedAt: Instant; readonly until: Instant };
  /** A plugin failed, or the run is in a deadlock: the run will throw `fault`. */
  readonly 'escapement:crash': { readonly fault: unknown };
  /** A warning was issued. The console, or whoever replaces it, gets it, too. */
  readonly 'escapement:warning': LoopWarning;
}

const taskSpawn = channel('escapement:task:spawn');
const taskEnd = channel('escapement:task:end');
const step = channel('escapement:step');
const suspend = channel('escapement:suspend');
const sleep = channel('escapement:sleep');
const crash = channel('escapement:crash');
const warning = channel('escapement:warning');

/**
 * Publishes what a loop does to channels of `node:diagnostics_channel`, for the tools that watch applications; `ChannelMessages` lists
 * the channels. In a wired loop: `channelsModule`.
 *
 * A message is made only if somebody subscribes. Subscribers run inside of the loop, so they must be quick. If one throws, Node
 * reports an uncaught exception when the host runs next; the loop goes on.
 *
 * @example
 * const strategy = new BusyWaitStrategy(new PerformanceClock());
 * const loop = new EventLoop({ strategy, handlers, instruments: [new LoopChannels(strategy.clock)] });
 * subscribe('escapement:task:end', message => {
 *   const { task } = message as ChannelMessages['escapement:task:end'];
 *   console.log(task.name, task.result.state);
 * });
 */
export class LoopChannels implements Instrument {
  #stepStartedAt: Instant | undefined;
  #sleep: { readonly startedAt: Instant; readonly until: Instant } | undefined;

  /** @param clock the loop's */
  constructor(private readonly clock: Clock) {}

  taskSpawned(task: Task): void {
    if (taskSpawn.hasSubscribers) taskSpawn.publish({ task } satisfies ChannelMessages['escapement:task:spawn']);
  }

  taskEnded(task: Task): void {
    if (taskEnd.hasSubscribers) taskEnd.publish({ task } satisfies ChannelMessages['escapement:task:end']);
  }

  stepStarted(): void {
    this.#stepStartedAt = step.hasSubscribers ? this.clock.now() : undefined;
  }

  stepEnded(task: Task): void {
    if (this.#stepStartedAt === undefined) return;
    const duration = this.clock.now() - this.#stepStartedAt;
    step.publish({ task, duration } satisfies ChannelMessages['escapement:step']);
  }

  suspended(task: Task, event: LoopEvent): void {
    if (suspend.hasSubscribers) suspend.publish({ task, event } satisfies ChannelMessages['escapement:suspend']);
  }

  sleepStarted(until: Instant): void {
    this.#sleep = sleep.hasSubscribers ? { startedAt: this.clock.now(), until } : undefined;
  }

  sleepEnded(): void {
    if (this.#sleep === undefined) return;
    sleep.publish({ ...this.#sleep, endedAt: this.clock.now() } satisfies ChannelMessages['escapement:sleep']);
  }

  crashed(fault: unknown): void {
    if (crash.hasSubscribers) crash.publish({ fault } satisfies ChannelMessages['escapement:crash']);
  }

  warningIssued(issued: LoopWarning): void {
    if (warning.hasSubscribers) warning.publish(issued satisfies ChannelMessages['escapement:warning']);
  }
}
