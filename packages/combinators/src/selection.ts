import {
  Cancelled,
  describe,
  type LoopEvent,
  type Waiter,
  type Watch,
  type WatchTarget,
  warnOf,
} from '@escapement/core';

/**
 * One wait for the first of several events: a watch for each. The first that is informed cancels the others inside of that
 * very call, so none of them can take anything after it. If the handler of one has to stop its operation first, the wait goes
 * on until it has.
 */
export class Selection {
  readonly #watches: Watch[] = [];
  /** How to settle the waiter; set once that is decided. */
  #settle: (() => void) | undefined = undefined;
  #isCancelling = false;
  /** Watches whose handlers refused to end them at once, and those that are over since then. */
  #refused = 0;
  #stopped = 0;

  /** @param whenOver called once, before the waiter is settled */
  constructor(
    private readonly waiter: Waiter<unknown>,
    private readonly whenOver: () => void,
  ) {}

  /** @param order of the places in `keys`; undefined for the order in which they are */
  begin(
    branches: Readonly<Record<string | number, LoopEvent>>,
    keys: readonly (string | number)[],
    order: readonly number[] | undefined,
  ): void {
    const task = this.waiter.task!;
    for (let place = 0; place < keys.length && this.#settle === undefined; place++) {
      const key = keys[order?.[place] ?? place]!;
      try {
        this.#watches.push(task.watch(branches[key]!, new Branch(this, key)));
      } catch (error) {
        this.failed(error);
      }
    }
  }

  /** The event of a branch has happened. */
  happened(outcome: { readonly key: string | number; readonly value: unknown }): void {
    if (this.#settle !== undefined) this.#isOver(`came as well: ${describe(outcome.value)}`);
    else this.#decide(() => this.waiter.resolve(outcome as never));
  }

  /** The wait of a branch failed. */
  failed(error: unknown): void {
    if (this.#settle === undefined) this.#decide(() => this.waiter.reject(error));
    else this.#isOver(error instanceof Cancelled ? undefined : `failed while it was stopped: ${describe(error)}`);
  }

  /** The task was cancelled. @returns whether the wait may end now */
  interrupt(): boolean {
    if (this.#settle === undefined) this.#cancelAll();
    // One may have happened in the meantime.
    if (this.#settle !== undefined) return false;
    if (this.#refused === this.#stopped) return true;
    this.#settle = () => this.waiter.reject(this.waiter.cancelled);
    return false;
  }

  /** The run breaks off. */
  breakOff(): void {
    this.#settle = () => {};
    for (const watch of this.#watches) watch.breakOff();
  }

  #decide(settle: () => void): void {
    this.#settle = settle;
    this.#cancelAll();
    this.#settleIfStopped();
  }

  #cancelAll(): void {
    this.#isCancelling = true;
    for (const watch of this.#watches) {
      const stopped = this.#stopped;
      if (!watch.cancel()) this.#refused++;
      // What was over, or is over inside of the call, has refused nothing.
      else this.#stopped = stopped;
    }
    this.#isCancelling = false;
  }

  /** A branch is over that came second. */
  #isOver(loss: string | undefined): void {
    const { task } = this.waiter;
    if (loss !== undefined && task !== undefined) {
      warnOf(
        task,
        'ESC_BRANCH_LOST',
        `another branch of a select was first, and a branch that could not be stopped at once ${loss}`,
      );
    }
    this.#stopped++;
    this.#settleIfStopped();
  }

  #settleIfStopped(): void {
    if (this.#isCancelling || this.#refused > this.#stopped) return;
    this.whenOver();
    this.#settle!();
  }
}

class Branch implements WatchTarget<unknown> {
  constructor(
    private readonly selection: Selection,
    private readonly key: string | number,
  ) {}

  resolved(value: unknown): void {
    this.selection.happened({ key: this.key, value });
  }

  rejected(error: unknown): void {
    this.selection.failed(error);
  }
}
