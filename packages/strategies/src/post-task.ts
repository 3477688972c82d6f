import {
  Clock,
  checkArgument,
  describe,
  type Instant,
  InvalidArgumentError,
  SleepStrategy,
  type Wakeup,
} from '@escapement/core';
import { MissingHostFeatureError } from './errors.js';
import { LONGEST_TIMEOUT } from './set-timeout.js';

/** How urgent the loop's turns are among the page's other tasks, the most urgent first. */
export type TaskPriority = 'user-blocking' | 'user-visible' | 'background';

const PRIORITIES: readonly unknown[] = ['user-blocking', 'user-visible', 'background'] satisfies TaskPriority[];

/** Options of `PostTaskStrategy`. */
export interface PostTaskOptions {
  /** Default: `'user-visible'`, that of the host. */
  readonly priority?: TaskPriority;
}

/** As in https://wicg.github.io/scheduling-apis; TypeScript's library does not have it. */
interface TaskScheduler {
  postTask(callback: () => void, options: PostTaskOptions & { delay?: number; signal: AbortSignal }): Promise<void>;
}

/**
 * Yields the thread to the host until a task that `scheduler.postTask` delays runs.
 *
 * Cost: no CPU time. Lateness: up to about a millisecond, because the delay counts in whole milliseconds; it is not made to
 * last 4 ms, as a page's timers are. With the priority `'background'` it also waits for the page's other tasks.
 * The host goes on running: a page's input and drawing, promises, workers' messages.
 * Choose it in a page or a worker, with `'background'` for work that must not disturb, with `'user-blocking'` for what the user
 * waits for. Safari and Node have no `scheduler.postTask`: use `SetTimeoutStrategy` there. Where less than a millisecond
 * counts, use `MessageChannelStrategy`.
 */
export class PostTaskStrategy extends SleepStrategy {
  override readonly alias = 'post-task';
  override readonly waits = 'yields';
  readonly #priority: TaskPriority;

  /** @throws MissingHostFeatureError if the host has no `scheduler.postTask`; InvalidArgumentError */
  constructor(
    override readonly clock: Clock,
    options: PostTaskOptions = {},
  ) {
    super();
    const { priority = 'user-visible' } = checkArgument('new PostTaskStrategy', options, 'object', '{ priority }');
    if (!PRIORITIES.includes(priority)) {
      const fault = `new PostTaskStrategy got the priority ${describe(priority)}, expected one of ${PRIORITIES.join(', ')}.`;
      throw new InvalidArgumentError('ESC_INVALID_OPTIONS', fault);
    }
    this.#priority = priority;
    taskScheduler();
  }

  override sleep(until: Instant, wakeup: Wakeup): Promise<void> {
    const rest = wakeup.requested ? 0 : until - this.clock.now();
    // Rounded up to whole milliseconds: the host truncates a fraction, and would need a second task for the rest.
    const delay = Math.min(Math.max(0, Math.ceil(rest)), LONGEST_TIMEOUT);
    return new Promise(resolve => this.#post(delay, wakeup, resolve));
  }

  #post(delay: number, wakeup: Wakeup, whenAwake: () => void): void {
    const abort = new AbortController();
    const unwatch = wakeup.watch(awake);
    const { signal } = abort;
    // It rejects when it is aborted.
    taskScheduler()
      .postTask(awake, { delay, priority: this.#priority, signal })
      .catch(() => {});

    function awake(): void {
      abort.abort();
      unwatch();
      whenAwake();
    }
  }
}

/** @throws MissingHostFeatureError */
function taskScheduler(): TaskScheduler {
  const { scheduler } = globalThis as { readonly scheduler?: TaskScheduler };
  if (typeof scheduler?.postTask === 'function') return scheduler;
  throw new MissingHostFeatureError('PostTaskStrategy', 'scheduler.postTask', 'Use SetTimeoutStrategy.');
}
