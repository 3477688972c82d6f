import { ActionHandler, PromiseHandler, SubscriptionHandler } from '@escapement/promises';
import { EventLoop, PerformanceClock, SetTimeoutStrategy, SleepHandler, sleep, type Task } from 'escapement';

/** A loop in real time for sleeps and all of this package, with its handlers. */
export function promiseLoop() {
  const clock = new PerformanceClock();
  const promises = new PromiseHandler();
  const strategy = new SetTimeoutStrategy(clock);
  const actions = new ActionHandler();
  const handlers = [new SleepHandler(clock), promises, actions, new SubscriptionHandler()];
  return { loop: new EventLoop({ strategy, handlers }), promises, actions };
}

/** A promise that the test settles. */
export class Deferred<T = void> {
  declare resolve: (value: T) => void;
  declare reject: (error: unknown) => void;
  readonly promise = new Promise<T>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}

/** One turn of the host's own loop: every reaction that is due has run. */
export const hostTurn = () => new Promise<void>(resolve => setImmediate(resolve));

/** Collects the unhandled rejections while `work` runs, instead of ending the process. */
export async function unhandledDuring(work: () => Promise<unknown>): Promise<unknown[]> {
  const unhandled: unknown[] = [];
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', error => unhandled.push(error));
  try {
    await work();
    await hostTurn();
    await hostTurn();
  } finally {
    process.removeAllListeners('unhandledRejection');
    for (const listener of others) process.on('unhandledRejection', listener);
  }
  return unhandled;
}

/** The error that `work` throws or rejects with. */
export async function errorOf(work: () => unknown): Promise<Error & { code?: string }> {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

/** Waits until the task has ended, however long a busy machine takes. */
export function* ended(task: Task) {
  while (!task.isEnded) yield* sleep(1);
}
