import type { Spawn } from '../primitives/spawn.js';
import type { Task } from '../tasks/task.js';
import { DAEMON, ISOLATED } from '../tasks/task-spec.js';
import { AbortWatch } from './abort-signal.js';
import { HostRelease, type KeepAlive } from './keep-alive.js';
import { checkRunOptions, type RunOptions } from './loop-options.js';
import type { Scheduler } from './scheduler.js';
import type { SleepPhase } from './sleep-phase.js';

/** @internal The tasks that host code starts. They do not know each other: the end of one changes nothing for the others. */
export class HostPrograms {
  #holds = 0;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly sleepPhase: SleepPhase,
  ) {}

  /** Whether host code holds something that can change the run at any time: the signal of a task, or a keep-alive. */
  get areHeld(): boolean {
    return this.#holds > 0;
  }

  /** The root of a run that has no program of its own. It ends when the tasks below it have. */
  spawnRoot(): Task {
    return this.scheduler.spawn({ body: onlySupervise, caller: 'spawn', name: 'host', flags: 0 }, undefined);
  }

  /** Starts a task under the options of `caller`. @throws InvalidArgumentError */
  start<T>(caller: string, options: RunOptions, isRunning: boolean, start: () => Task<T>): Task<T> {
    const { signal, hostTurns = Infinity, keepAlive = false } = checkRunOptions(caller, options);
    if (keepAlive) this.sleepPhase.checkHostRuns(isRunning, hostTurns);
    const abort = signal === undefined ? undefined : new AbortWatch(signal, caller);
    try {
      const task = start();
      this.sleepPhase.limitHostTurns(hostTurns);
      if (keepAlive || abort !== undefined) this.#hold(task);
      abort?.watch(task);
      return task;
    } catch (error) {
      abort?.stop();
      throw error;
    }
  }

  spawn<T>({ body, caller, name, hints, flags }: Spawn, root: Task): Task<T> {
    const task = this.scheduler.spawn({ body, caller, name, hints, flags: flags | ISOLATED }, root);
    this.scheduler.outcomes.reportFailure(task);
    return task as Task<T>;
  }

  /** @param hasProgram whether `root` runs a program, which then decides when the run ends */
  keepAlive(root: Task, hasProgram: boolean): KeepAlive {
    const release = new HostRelease();
    const flags = hasProgram ? ISOLATED | DAEMON : ISOLATED;
    this.#hold(this.scheduler.spawn({ body: release, caller: 'keepAlive', name: 'keep-alive', flags }, root));
    return release;
  }

  #hold(task: Task): void {
    this.#holds++;
    task.extras.addEndListener(() => this.#holds--);
  }
}

function* onlySupervise(): Generator<never, void> {}
