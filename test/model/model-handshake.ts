import { Cancellation, Failure, type Model, type ModelTask, type Resumption, type Settle, type Wait } from './model.js';

/** Between a program that was started and the task that waits until it is ready. */
export class ModelHandshake {
  task!: ModelTask;
  #isOver = false;
  #answer: (() => Resumption) | undefined;
  #settle: Settle | undefined;

  constructor(
    private readonly model: Model,
    private readonly caller: ModelTask,
  ) {}

  /** Until the program is ready, or has ended. A cancellation of the caller ends the program, and the wait then. */
  get wait(): Wait {
    return {
      isUninterruptible: true,
      // The program was spawned already.
      isOpenToCancelled: true,
      interrupt: () => this.#cancelProgram(),
      begin: settle => {
        this.#settle = settle;
        if (this.#answer !== undefined) settle(this.#answer());
        if (this.caller.cancelled !== undefined) this.#cancelProgram();
        return () => {};
      },
    };
  }

  ready(value: unknown): void {
    this.#decide(() => ({ value }));
  }

  /** @returns whether it is the caller's error */
  failed(error: unknown): boolean {
    if (this.#isOver) return false;
    const isCancelled = error instanceof Cancellation;
    this.#decide(() => ({ error: isCancelled ? (this.caller.cancelled ?? new Failure('NotStartedError')) : error }));
    return !isCancelled;
  }

  ended(): void {
    this.#decide(() => ({ error: this.caller.cancelled ?? new Failure('NotStartedError') }));
  }

  #cancelProgram(): void {
    this.model.cancel(this.task, this.caller.cancelled!.reason);
  }

  #decide(answer: () => Resumption): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#answer = answer;
    this.#settle?.(answer());
  }
}
