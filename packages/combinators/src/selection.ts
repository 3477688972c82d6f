import {
  Cancelled,
  describe,
  ImmediateEvent,
  type LoopEvent,
  type Waiter,
  type Watch,
  type WatchTarget,
  warnOf,
} from '@escapement/core';

/** What a selection is of. */
interface SelectionOwner {
  /** What the waiter is resolved with if the event at `place` came first. */
  selected(place: number, value: unknown): unknown;
  /** Called once, before the waiter is settled. */
  isOver(waiter: Waiter<unknown>): void;
}

const PENDING = 0;
const RESOLVES = 1;
const REJECTS = 2;
const ENDS_CANCELLED = 3;
const BROKEN_OFF = 4;

/**
 * One wait for the first of several events: a watch for each. The first that is informed cancels the others inside of that
 * very call, so none of them can take anything after it. If the handler of one has to stop its operation first, the wait goes
 * on until it has.
 */
export class Selection {
  readonly #owner: SelectionOwner;
  readonly #waiter: Waiter<unknown>;
  readonly #watches: Watch[] = [];
  /** How the waiter is settled, once that is decided, and with what. */
  #decision = PENDING;
  #content: unknown = undefined;
  /** Whether the watches were cancelled, or are just now. */
  #isCancelled = false;
  #isCancelling = false;
  #isArming = false;
  /** Watches whose handlers refused to end them at once. */
  #refusing: Watch[] | undefined = undefined;

  constructor(owner: SelectionOwner, waiter: Waiter<unknown>) {
    this.#owner = owner;
    this.#waiter = waiter;
  }

  /**
   * Call it after each branch was attempted in vain. Branches that can be attempted only start to wait here; the handlers of
   * others may do anything. So those come last, when the others notice what they do.
   *
   * @param order of the places in `events`; undefined for the order in which they are
   */
  begin(events: readonly LoopEvent[], order: readonly number[] | undefined): void {
    this.#isArming = true;
    for (const isImmediate of [true, false]) {
      for (let turn = 0; turn < events.length && this.#decision === PENDING; turn++) {
        const place = order === undefined ? turn : order[turn]!;
        const event = events[place]!;
        if (event instanceof ImmediateEvent === isImmediate) this.#arm(event, place);
      }
    }
    this.#isArming = false;
    if (this.#decision !== PENDING) this.#settleIfStopped();
  }

  #arm(event: LoopEvent, place: number): void {
    try {
      // Without a second attempt, in which a put could meet a get of this very selection.
      const watch = this.#waiter.task!.watch(event, new Branch(this, place), true);
      this.#watches.push(watch);
      // Inside of the call, the handler may have settled another branch.
      if (this.#decision !== PENDING) this.#cancel(watch);
    } catch (error) {
      this.failed(error);
    }
  }

  /** The event of a branch has happened. */
  happened(place: number, value: unknown): void {
    if (this.#isOpen) this.#decide(RESOLVES, this.#owner.selected(place, value));
    else this.#isOver(`came as well: ${describe(value)}`);
  }

  /** The wait of a branch failed. */
  failed(error: unknown): void {
    const isStopped = this.#isCancelled && error instanceof Cancelled;
    if (this.#isOpen && !isStopped) this.#decide(REJECTS, error);
    else this.#isOver(isStopped ? undefined : `failed while it was stopped: ${describe(error)}`);
  }

  /** The task was cancelled. @returns whether the wait may end now */
  interrupt(): boolean {
    if (this.#decision !== PENDING) return false;
    this.#decision = ENDS_CANCELLED;
    this.#cancelAll();
    if (this.#decision === ENDS_CANCELLED) return this.#areStopped;
    // One has happened in the meantime.
    this.#settleIfStopped();
    return false;
  }

  /** The run breaks off. */
  breakOff(): void {
    this.#decision = BROKEN_OFF;
    for (const watch of this.#watches) watch.breakOff();
  }

  /** Whether a result counts. Also one that comes after the cancellation of the task: it is not lost, as with any wait. */
  get #isOpen(): boolean {
    return this.#decision === PENDING || this.#decision === ENDS_CANCELLED;
  }

  get #areStopped(): boolean {
    if (this.#isArming || this.#isCancelling) return false;
    return this.#refusing === undefined || this.#refusing.every(watch => watch.isOver);
  }

  #decide(decision: number, content: unknown): void {
    this.#decision = decision;
    this.#content = content;
    if (!this.#isCancelled) this.#cancelAll();
    this.#settleIfStopped();
  }

  /** Once: a handler is asked once whether its wait may end. */
  #cancelAll(): void {
    this.#isCancelled = true;
    this.#isCancelling = true;
    for (const watch of this.#watches) this.#cancel(watch);
    this.#isCancelling = false;
  }

  #cancel(watch: Watch): void {
    if (watch.cancel()) return;
    this.#refusing ??= [];
    this.#refusing.push(watch);
  }

  /** A branch is over that came second. */
  #isOver(loss: string | undefined): void {
    const { task } = this.#waiter;
    if (loss !== undefined && task !== undefined) {
      const message = `another branch of a select was first, and a branch that could not be stopped at once ${loss}`;
      warnOf(task, 'ESC_BRANCH_LOST', message);
    }
    this.#settleIfStopped();
  }

  #settleIfStopped(): void {
    if (this.#decision === BROKEN_OFF || !this.#areStopped) return;
    const waiter = this.#waiter;
    this.#owner.isOver(waiter);
    if (this.#decision === RESOLVES) waiter.resolve(this.#content);
    else waiter.reject(this.#decision === REJECTS ? this.#content : waiter.cancelled);
  }
}

class Branch implements WatchTarget<unknown> {
  readonly #selection: Selection;
  readonly #place: number;

  constructor(selection: Selection, place: number) {
    this.#selection = selection;
    this.#place = place;
  }

  resolved(value: unknown): void {
    this.#selection.happened(this.#place, value);
  }

  rejected(error: unknown): void {
    this.#selection.failed(error);
  }
}
