import {
  bodyOf,
  type CoreEvent,
  type Coroutine,
  checkArgument,
  checkCallback,
  type EventLoop,
  type LoopEvent,
  type Program,
  spawn,
  type Task,
  type Yieldable,
} from '@escapement/core';
import { PortClosedError } from './errors.js';
import type { PortEvent } from './port-event.js';
import type { ThreadPort } from './port-types.js';
import { received } from './received.js';
import { Sender } from './sender.js';
import { recordOf, type ThrownRecord } from './thrown-record.js';

/** The thread finds its program by this key, also if a bundler has put another copy of this package into the program's module. */
export const RUN: unique symbol = Symbol.for('escapement.runInThread') as never;

/** What the thread tells its parent: at most one outcome, and errors that nobody has caught. */
export type Report =
  | { readonly value: unknown }
  | { readonly cancelled: true }
  | { readonly thrown: ThrownRecord }
  | { readonly crashed: ThrownRecord };

/** A program for `loopInWorker`, with the loop that runs it. Made by `workerProgram`. */
export interface WorkerProgram<in A extends readonly unknown[] = never, out T = unknown> {
  /** @internal Runs in the thread. */
  [RUN](port: ThreadPort, args: A): Promise<void>;
  /** For the type checker. The field does not exist at run time. */
  readonly _result?: T;
  readonly _args?: (...args: A) => void;
}

/**
 * Makes a program that `loopInWorker` can run: export it from a module of its own. The loop decides how the thread waits: give it
 * any strategy, and `portModule` beside the modules that the program needs.
 *
 * @param loop runs in the thread; it must have `portModule`
 * @param program gets the arguments that the parent gave, as structured clones
 * @throws InvalidArgumentError
 * @example
 * // ticker.ts
 * const loop = createLoop(busyWaitModule, sleepModule, portModule);
 * export const ticker = workerProgram(loop, function* ticker(count: number) {
 *   for (let tick = 0; tick < count; tick++) yield* sleep(0.1);
 *   return count;
 * });
 */
export function workerProgram<A extends readonly unknown[], T, F extends LoopEvent>(
  loop: EventLoop<NoInfer<Exclude<F, CoreEvent>> | PortEvent>,
  program: (...args: A) => Program<T, F>,
): WorkerProgram<A, T> {
  checkArgument('workerProgram', loop, 'object', 'the loop that runs the program');
  checkArgument('workerProgram', program, 'function', 'a function that makes the program');
  checkCallback('workerProgram for `run` of the loop', loop.run, 'a function');
  return {
    [RUN]: (port, args) =>
      runInThread(port, loop as never, () => bodyOf('workerProgram', program(...args), program as never)),
  };
}

/** Runs the program, and tells the parent how it ended. */
async function runInThread(
  port: ThreadPort,
  loop: EventLoop<LoopEvent>,
  program: () => Yieldable<unknown, LoopEvent>,
): Promise<void> {
  const reports = new Sender<Report>(port);
  // Also at process.exit(), and after an error that nobody caught.
  process.once('exit', () => reports.close());
  let report: Report;
  try {
    report = await loop.run(() => untilCancelled(port, program));
  } catch (error) {
    report = { thrown: recordOf(error) };
  }
  try {
    reports.trySend(report);
  } catch (error) {
    // The value cannot be copied.
    reports.trySend({ thrown: recordOf(error) });
  }
}

/** Runs the program as a task, which the parent may cancel. */
function* untilCancelled(port: ThreadPort, program: () => Yieldable<unknown, LoopEvent>): Coroutine<Report, LoopEvent> {
  let isCancelled = false;
  let task: Task | undefined;
  yield* spawn(
    function* parent() {
      const reason = yield* reasonOfParent(port);
      isCancelled = true;
      task?.cancel(reason);
    },
    { daemon: true },
  );
  task = yield* spawn(program, { name: 'program' });
  try {
    return { value: yield* task.join() };
  } catch (error) {
    if (isCancelled && task.result.state === 'cancelled') return { cancelled: true };
    throw error;
  }
}

function* reasonOfParent(port: ThreadPort): Coroutine<unknown, PortEvent> {
  try {
    return yield* received(port);
  } catch (error) {
    if (!(error instanceof PortClosedError)) throw error;
    return 'the thread of the parent has ended';
  }
}
