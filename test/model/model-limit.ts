import { Failure, type Model, type ModelTask } from './model.js';

/** A timer that cancels a task when the time is up. Both begin and end of it take their turn. */
export class ModelLimit {
  #task: ModelTask | undefined;
  #deadline: number;
  #hasBegun = false;
  #stop = () => {};
  #isOver = false;
  hasExpired = false;
  readonly error: Failure;

  constructor(
    private readonly model: Model,
    owner: ModelTask,
    ms: number,
  ) {
    this.#deadline = model.time + ms;
    this.error = new Failure(`TimeoutError(${owner.name})`);
  }

  get deadline(): number {
    return this.#deadline;
  }

  /** One that has passed takes its turn, too. */
  set deadline(until: number) {
    if (this.#isOver || this.hasExpired) return;
    this.#deadline = until;
    if (!this.#hasBegun) return;
    this.#stop();
    if (until < this.model.time) this.#rang(until);
    else this.#setTimer();
  }

  begin(task: ModelTask): void {
    this.#task = task;
    this.model.defer(task, () => {
      if (this.#isOver) return;
      this.#hasBegun = true;
      this.#setTimer();
    });
  }

  end(): void {
    this.#isOver = true;
    this.#stop();
  }

  /** Whether its scope has thrown `error` because the time was up. */
  hasEnded(error: unknown): boolean {
    const task = this.#task;
    if (!this.hasExpired || task?.state !== 'cancelled' || task.cancelled?.reason !== this.error) return false;
    return error instanceof Failure && error.text === task.cancelledError().text;
  }

  #setTimer(): void {
    const due = this.#deadline;
    this.#stop = this.model.sleepUntil(due).begin(() => this.#rang(due));
  }

  #rang(due: number): void {
    this.model.defer(this.#task!, () => {
      // It may have been moved meanwhile.
      if (this.#deadline > due || this.#isOver || this.#task!.cancelled !== undefined) return;
      this.hasExpired = true;
      this.model.cancel(this.#task!, this.error);
    });
  }
}
