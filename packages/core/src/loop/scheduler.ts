import { describe } from '../errors/describe.js';
import { creationHook } from '../events/creation-hook.js';
import { RETHROWN } from '../events/event-iterator.js';
import type { Duration, Instant } from '../events/instant.js';
import { isEvent, type LoopEvent } from '../events/loop-event.js';
import { placeAtYield, placeIfNoProgram } from '../events/unplaced.js';
import type { Clock } from '../extension-points/clock.js';
import { PAUSE } from '../primitives/pause.js';
import { addToTrail } from '../tasks/error-trail.js';
import { CancellationIgnoredError, type Cancelled, HOW_TO_END } from '../tasks/errors.js';
import { attemptHook, type ImmediateEvent, isImmediate } from '../tasks/immediate-event.js';
import { runningTask, setRunningTask } from '../tasks/running-task.js';
import { Task } from '../tasks/task.js';
import type { TaskHost } from '../tasks/task-host.js';
import type { TaskSpec } from '../tasks/task-spec.js';
import type { ReadyCause } from '../tasks/task-state.js';
import { unmasked } from '../tasks/thrown-into.js';
import { Waiter } from '../tasks/waiter.js';
import { NoHandlerError, NotAnEventError } from './errors.js';
import type { GivenPolicy } from './given-policy.js';
import type { HandlerTable } from './handler-table.js';
import { HostOutcomes } from './host-outcomes.js';
import type { Hooks, Instruments } from './instruments.js';
import type { ReadyQueue } from './ready-queue.js';

/** The most steps of a turn, so that a task that never waits does not starve timers and I/O. */
const TURN_STEPS = 256;
/** The most milliseconds of a turn. */
const TURN_DURATION: Duration = 0.5;
/** The most steps between two reads of the clock. */
const STEPS_PER_READ = 64;
/** A cancelled task that suspends again this often is ended by force. */
const MOST_IGNORED_CANCELS = 100;

/** @internal Resumes ready tasks, one step at a time, and gives the event that each step yields to its handler. */
export class Scheduler implements TaskHost {
  readonly outcomes = new HostOutcomes();
  readonly #hooks: Hooks | undefined;
  /** The tasks that ended in the present step. The policy and instruments get them after it. */
  #ended: Task[] = [];
  #lastId = 0;
  #isUnwinding = false;
  /** The task whose step an instrument surrounds, until that runs. */
  #surrounded: Task | undefined;
  #hasPaused = false;

  constructor(
    private readonly clock: Clock,
    private readonly ready: ReadyQueue,
    private readonly policy: GivenPolicy,
    private readonly handlers: HandlerTable,
    private readonly instruments: Instruments,
  ) {
    this.#hooks = instruments.hooks;
    ready.host = this;
  }

  now(): Instant {
    return this.clock.now();
  }

  warn(code: string, message: string, task: Task): void {
    this.instruments.warn({ code, message, task });
  }

  spawn<T>(spec: TaskSpec<T>, parent: Task | undefined): Task<T> {
    const task = new Task(this, spec, parent, ++this.#lastId);
    if (this.#hooks !== undefined) {
      if (parent === undefined) this.#hooks.runStarted?.(task);
      this.#hooks.taskSpawned?.(task);
      creationHook?.handedOver(spec.body);
    }
    this.ready.add(task, 'spawned');
    return task;
  }

  /**
   * Resumes ready tasks in the policy's order until none is left or the turn is over.
   * @throws the fault of a policy, or of a handler that no task could get
   */
  runTurn(startedAt: Instant): void {
    // A coroutine of another loop may run this one.
    const outer = runningTask();
    try {
      this.#resumeUntil(startedAt + TURN_DURATION);
    } finally {
      setRunningTask(outer);
    }
    this.ready.throwFault();
    const { faults } = this.handlers;
    if (faults.length > 0) throw faults.shift();
  }

  /**
   * Ends all tasks of a run whose plugins do not work any more. It needs none of them: every wait ends with `Cancelled`, also
   * in a shield, the children's before their parent's. So each clean-up runs up to its first wait.
   */
  unwind(root: Task, reason: unknown): void {
    const outer = runningTask();
    this.#isUnwinding = true;
    try {
      this.ready.replacePolicy();
      // Not recursive: see `treeOf`.
      const path: Task[] = [root];
      for (let task = root; path.length > 0; task = path.at(-1)!) {
        if (task.isEnded) path.pop();
        else if (!pushAll(path, task.children)) this.#endByForce(task, reason);
      }
    } finally {
      this.#isUnwinding = false;
      setRunningTask(outer);
    }
  }

  #endByForce(task: Task, reason: unknown): void {
    task.breakOff(reason);
    for (let next = this.ready.nextAfter(undefined); next !== undefined; next = this.ready.nextAfter(undefined)) {
      if (!this.#runStep(next)) continue;
      // It must not pause for ever.
      next.cancel(reason);
      this.ready.add(next, 'paused');
    }
  }

  #resumeUntil(end: Instant): void {
    let paused: Task | undefined;
    let done = 0;
    let nextRead = 2;
    this.policy.skipTime();
    try {
      for (;;) {
        const before = paused;
        paused = undefined;
        if (this.ready.hasDeferred) {
          if (before !== undefined) this.ready.add(before, 'paused');
          this.ready.runDeferred();
          this.policy.skipTime();
        } else {
          const task = this.ready.nextAfter(before);
          if (task === undefined) break;
          if (this.#runStep(task)) paused = task;
        }
        if (++done < nextRead) continue;
        if (done >= TURN_STEPS || this.clock.now() >= end) break;
        // Reading the clock costs as much as a step. Doubling the interval limits the overrun of slow steps to double.
        nextRead = done + Math.min(done, STEPS_PER_READ);
      }
    } finally {
      if (paused !== undefined) this.ready.add(paused, 'paused');
    }
  }

  taskReady(task: Task, cause: ReadyCause): void {
    this.ready.add(task, cause);
  }

  taskEnded(task: Task): void {
    if (this.ready.tellsPolicy || this.#hooks?.taskEnded !== undefined) this.#ended.push(task);
  }

  get chooses(): boolean {
    return this.ready.chooses;
  }

  choose(count: number): number {
    return this.ready.choose(count);
  }

  tellHost(task: Task, resolve: (value: never) => void, reject: (error: unknown) => void): void {
    this.outcomes.tell(task, resolve as (value: unknown) => void, reject);
  }

  defer(task: Task, action: () => void): void {
    this.ready.defer(task, action);
  }

  arm(waiter: Waiter<unknown>, wasAttempted: boolean): void {
    // The host has started a watch: the deadline may be earlier now.
    if (this.ready.isSleeping) this.ready.wake();
    const { event } = waiter;
    const refusal = this.#refusalOf(waiter.task!, event);
    if (refusal !== undefined) throw refusal;
    const mustWait = wasAttempted || !isImmediate(event) || !settleAtOnce(waiter, event);
    if (mustWait) this.handlers.arm(waiter);
  }

  mayInterrupt(waiter: Waiter<unknown>): boolean {
    return this.handlers.mayInterrupt(waiter);
  }

  disarm(waiter: Waiter<unknown>): void {
    this.handlers.disarm(waiter);
  }

  startsWhenCancelled(event: LoopEvent): boolean {
    return !this.#isUnwinding && this.handlers.startsWhenCancelled(event);
  }

  #runStep(task: Task): boolean {
    return this.#hooks === undefined && !this.ready.tellsPolicy ? this.#step(task) : this.#runWatchedStep(task);
  }

  #runWatchedStep(task: Task): boolean {
    if (this.ready.tellsPolicy) this.policy.stepStarted(task);
    this.#hooks?.stepStarted?.(task);
    try {
      const around = this.#hooks?.aroundStep;
      return around === undefined ? this.#step(task) : this.#runSurroundedStep(task, around);
    } finally {
      this.#hooks?.stepEnded?.(task);
      this.#stepEnded(task);
    }
  }

  #runSurroundedStep(task: Task, around: NonNullable<Hooks['aroundStep']>): boolean {
    this.#surrounded = task;
    around(task, this.#stepSurrounded);
    return this.#hasPaused;
  }

  /** A second call does nothing. */
  readonly #stepSurrounded = (): void => {
    const task = this.#surrounded;
    if (task === undefined) return;
    this.#surrounded = undefined;
    this.#hasPaused = this.#step(task);
  };

  /** @throws PolicyError */
  #stepEnded(task: Task): void {
    const ended = this.#ended;
    // The hot path: most steps end no task.
    if (ended.length === 0) {
      if (this.ready.tellsPolicy) this.policy.stepEnded(task);
      return;
    }
    this.#ended = [];
    for (const one of ended) this.#hooks?.taskEnded?.(one);
    if (!this.ready.tellsPolicy) return;
    this.policy.stepEnded(task);
    for (const one of ended) {
      this.policy.taskEnded(one);
      one.extras.slots = undefined;
    }
  }

  /** Runs the task up to its next suspension. @returns true if it has paused */
  #step(task: Task): boolean {
    for (;;) {
      let step: IteratorResult<unknown, unknown>;
      let isDone: boolean | undefined;
      let event: unknown;
      try {
        step = task.resume();
        // An iterator made by hand may return what is no object: then this throws into its task.
        ({ done: isDone, value: event } = step);
      } catch (error) {
        bodyThrew(task, unmasked(error));
        return false;
      }
      if (isDone) {
        if (step === RETHROWN) {
          bodyThrew(task, event);
          return false;
        }
        if (task.cancelDeliveries > 0) this.#warnOfSwallowed(task, 'caught Cancelled and returned');
        task.bodyReturned(event);
        return false;
      }
      // With a bare `yield`, or `call`, the hook has not been asked yet.
      if (attemptHook !== undefined && isImmediate(event)) event = attemptHook(event) ?? event;
      if (event === PAUSE && task.cancelled === undefined) {
        task.paused();
        return true;
      }
      if (!isImmediate(event) || !this.#answer(task, event)) {
        this.#suspend(task, event);
        return false;
      }
    }
  }

  /** @returns true if the task need not wait */
  #answer(task: Task, event: ImmediateEvent): boolean {
    try {
      const answer = event.attempt(task);
      if (answer === undefined) return false;
      task.setMessage(answer.value, false);
    } catch (error) {
      placeIfNoProgram(error);
      task.setMessage(error, true);
    }
    // With a bare `yield`, the hook has not seen the event's iterator.
    creationHook?.handedOver(event);
    return true;
  }

  #suspend(task: Task, event: unknown): void {
    if (task.cancelled !== undefined && !(isEvent(event) && this.startsWhenCancelled(event))) {
      this.#throwCancelled(task, task.cancelled, event);
      return;
    }
    const refusal = this.#refusalOf(task, event);
    if (refusal !== undefined) {
      creationHook?.handedOver(event);
      placeAtYield(refusal);
      task.settled(refusal, true, 'refused');
      return;
    }
    const waiter = new Waiter<unknown>(task, event as LoopEvent);
    task.waitWith(waiter);
    this.#hooks?.suspended?.(task, waiter.event);
    this.handlers.arm(waiter);
  }

  #throwCancelled(task: Task, cancelled: Cancelled, event: unknown): void {
    creationHook?.handedOver(event);
    if (task.cancelDeliveries >= MOST_IGNORED_CANCELS) {
      // The body does not run any more, not even its `finally`.
      task.bodyThrew(new CancellationIgnoredError(task.name, describe(event), MOST_IGNORED_CANCELS, cancelled));
      return;
    }
    task.settled(cancelled, true, 'cancelled');
    if (task.cancelDeliveries === 2)
      this.#warnOfSwallowed(
        task,
        `went on and waited for ${describe(event)}, which does not start in a cancelled task`,
      );
  }

  #warnOfSwallowed(task: Task, instead: string): void {
    const message = `task "${task.name}" was cancelled, but ${instead}. ${HOW_TO_END}`;
    this.warn('ESC_CANCELLATION_SWALLOWED', message, task);
  }

  #refusalOf(task: Task, event: unknown): Error | undefined {
    if (!isEvent(event)) return new NotAnEventError(task.name, event);
    if (this.handlers.find(event) !== undefined) return undefined;
    return new NoHandlerError(task.name, event, this.handlers.handledNames, this.handlers.namesakeOf(event));
  }
}

function bodyThrew(task: Task, error: unknown): void {
  if (error !== task.cancelled) addToTrail(error, `task "${task.name}"`);
  task.bodyThrew(error);
}

/** @returns false if there was nothing to push */
function pushAll(stack: Task[], tasks: Iterable<Task>): boolean {
  const before = stack.length;
  for (const task of tasks) stack.push(task);
  return stack.length > before;
}

/** @returns true if the event need not be armed */
function settleAtOnce(waiter: Waiter<unknown>, event: ImmediateEvent): boolean {
  try {
    const answer = event.attempt(waiter.task);
    if (answer !== undefined) waiter.resolve(answer.value);
  } catch (error) {
    waiter.reject(error);
  }
  return waiter.isSettled;
}
