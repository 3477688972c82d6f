import type { Instrument, LoopEvent, ReadyCause, Task } from 'escapement';

interface Seen {
  state: 'spawned' | 'ready' | 'stepping' | 'idle' | 'ended';
  /** It became ready again in its own step. */
  isReadyAgain: boolean;
  event: LoopEvent | undefined;
}

/** Holds a loop to the order of calls that `Instrument` documents. It must not throw, so it keeps what is wrong. */
export class InstrumentOrder implements Required<Omit<Instrument, 'note' | 'metrics' | 'warningIssued' | 'warned'>> {
  readonly violations: string[] = [];
  readonly calls: string[] = [];
  readonly causes = new Set<string>();
  #root: Task | undefined;
  #isAsleep = false;
  #stepping: Task | undefined;
  readonly #seen = new Map<Task, Seen>();

  runStarted(root: Task): void {
    this.#expect(this.#root === undefined, 'a run begins in a run');
    this.#root = root;
    this.#call('runStarted', root);
    this.#seen.clear();
  }

  runEnded(root: Task): void {
    this.#call('runEnded', root);
    this.#expect(root === this.#root, 'it is the root that the run began with');
    this.#expectOutside();
    const isDone = [...this.#seen.values()].every(({ state }) => state === 'ended');
    this.#expect(isDone, 'all tasks have ended');
    this.#expect(root.result.state !== 'pending', 'the root has a result');
    this.#root = undefined;
  }

  crashed(): void {
    this.#call('crashed');
    this.#expectOutside();
  }

  taskSpawned(task: Task): void {
    this.#call('taskSpawned', task);
    this.#expect(!this.#seen.has(task), 'it is new');
    this.#expect((task === this.#root) === (task.parent === undefined), 'the root alone has no parent');
    this.#seen.set(task, { state: 'spawned', isReadyAgain: false, event: undefined });
  }

  taskReady(task: Task, cause: ReadyCause): void {
    const previous = this.calls.at(-1);
    this.#call('taskReady', task);
    this.causes.add(typeof cause === 'string' ? cause : 'event');
    const seen = this.#of(task);
    if (cause === 'spawned') this.#expect(previous === `taskSpawned ${task.name}`, 'right after it was spawned');
    else if (cause === 'paused') this.#expect(previous === `stepEnded ${task.name}`, 'right after its step');
    else if (cause === 'cancelled') this.#expect(task.isCancelled, 'it is cancelled');
    else if (cause === 'refused') this.#expect(seen.state === 'stepping' && seen.event === undefined, 'in its step');
    else this.#expect(cause === seen.event, 'it waited for that event');
    seen.event = undefined;
    if (seen.state === 'stepping') {
      this.#expect(!seen.isReadyAgain, 'it becomes ready once');
      seen.isReadyAgain = true;
    } else {
      this.#expect(seen.state === (cause === 'spawned' ? 'spawned' : 'idle'), `it was ${seen.state}`);
      seen.state = 'ready';
    }
  }

  stepStarted(task: Task): void {
    this.#call('stepStarted', task);
    this.#expectOutside();
    const seen = this.#of(task);
    this.#expect(seen.state === 'ready', 'it was ready');
    seen.state = 'stepping';
    this.#stepping = task;
  }

  aroundStep(task: Task, step: () => void): void {
    const previous = this.calls.at(-1);
    this.#call('aroundStep', task);
    this.#expect(previous === `stepStarted ${task.name}`, 'right after the step has started');
    step();
    this.#expect(this.#stepping === task, 'in its step');
    this.#call('steppedInside', task);
  }

  suspended(task: Task, event: LoopEvent): void {
    this.#call('suspended', task);
    const seen = this.#of(task);
    this.#expect(this.#stepping === task, 'in its step');
    this.#expect(seen.event === undefined && !seen.isReadyAgain, 'once in a step');
    seen.event = event;
  }

  stepEnded(task: Task): void {
    this.#expect(this.calls.at(-1) === `steppedInside ${task.name}`, 'it ran inside of aroundStep');
    this.#call('stepEnded', task);
    this.#expect(this.#stepping === task, 'it began');
    const seen = this.#of(task);
    seen.state = seen.isReadyAgain ? 'ready' : 'idle';
    seen.isReadyAgain = false;
    this.#stepping = undefined;
  }

  taskEnded(task: Task): void {
    const previous = this.calls.at(-1);
    this.#call('taskEnded', task);
    this.#expectOutside();
    this.#expect(/^(stepEnded|taskEnded) /.test(previous ?? ''), 'right after a step');
    this.#expect(this.#of(task).state === 'idle', 'it had nothing more to do');
    this.#expect(task.result.state !== 'pending', 'it has a result');
    for (const [child, { state }] of this.#seen) {
      if (child.parent === task) this.#expect(state === 'ended', `its child ${child.name} ended before`);
    }
    this.#of(task).state = 'ended';
  }

  sleepStarted(): void {
    this.#call('sleepStarted');
    this.#expectOutside();
    this.#isAsleep = true;
  }

  sleepEnded(): void {
    this.#call('sleepEnded');
    this.#expect(this.#isAsleep, 'it slept');
    this.#isAsleep = false;
  }

  #call(hook: string, task?: Task): void {
    this.calls.push(task === undefined ? hook : `${hook} ${task.name}`);
    this.#expect(this.#root !== undefined, 'in a run');
  }

  #expectOutside(): void {
    this.#expect(this.#stepping === undefined, 'in no step');
    this.#expect(!this.#isAsleep, 'in no sleep');
  }

  #expect(holds: boolean, what: string): void {
    if (!holds) this.violations.push(`${this.calls.at(-1)}: not so: ${what}`);
  }

  #of(task: Task): Seen {
    const seen = this.#seen.get(task);
    if (seen !== undefined) return seen;
    this.violations.push(`${this.calls.at(-1)}: ${task.name} was never spawned`);
    return { state: 'idle', isReadyAgain: false, event: undefined };
  }
}
