import {
  type Answer,
  chosenOrder,
  describe,
  EscapementError,
  ImmediateEvent,
  InvalidArgumentError,
  LoopEvent,
  pause,
  type ResultOf,
  runningTask,
  SelfServedEvent,
  safely,
  startsWhenCancelled,
  type Task,
  TwoCopiesError,
  type Waiter,
  type Yieldable,
} from '@escapement/core';
import { isRecord } from './check-bodies.js';
import { Selection } from './selection.js';

/** The branches of a `select`: a record of events, or a list. */
export type Branches = Readonly<Record<string, LoopEvent>> | readonly LoopEvent[];

/** What `select` evaluates to: the key of the branch that came first, a place in a list, and its result. */
export type Selected<B> = B extends readonly LoopEvent[]
  ? { [P in keyof B]: { readonly key: PlaceOf<P>; readonly value: ResultOf<B[P]> } }[number]
  : { [K in keyof B]: { readonly key: K; readonly value: ResultOf<B[K]> } }[keyof B];

/** `'0'` in a tuple, which counts with texts. */
type PlaceOf<P> = P extends `${infer N extends number}` ? N : number;

type EventsOf<B> = B extends readonly (infer E)[] ? E : B[keyof B];

/** The event of `select()`. */
export class Select<out R = unknown> extends SelfServedEvent<R> {
  override get kind() {
    return 'select' as const;
  }

  readonly #events: readonly LoopEvent[];
  /** Of the events of a record; undefined for a list. */
  readonly #keys: readonly string[] | undefined;
  /** As a rule one task waits for it. */
  #waiter: Waiter<unknown> | undefined = undefined;
  #selection: Selection | undefined = undefined;
  /** The selections of other tasks that wait for it at the same time. */
  #others: Map<Waiter<unknown>, Selection> | undefined = undefined;

  /** @internal */
  constructor(events: readonly LoopEvent[], keys: readonly string[] | undefined) {
    super();
    this.#events = events;
    this.#keys = keys;
  }

  override attempt(task: Task | undefined): Answer<R> | undefined {
    const events = this.#events;
    const order = task && chosenOrder(task, events.length);
    for (let turn = 0; turn < events.length; turn++) {
      const place = order === undefined ? turn : order[turn]!;
      const event = events[place]!;
      if (!(event instanceof ImmediateEvent)) continue;
      const answer = event.attempt(task) as Answer<unknown> | undefined;
      if (answer !== undefined) return { done: true, value: this.selected(place, answer.value) };
    }
    return undefined;
  }

  override arm(waiter: Waiter<unknown>): void {
    const selection = new Selection(this, waiter);
    if (this.#waiter === undefined) {
      this.#waiter = waiter;
      this.#selection = selection;
    } else {
      this.#others ??= new Map();
      this.#others.set(waiter, selection);
    }
    selection.begin(this.#events, chosenOrder(waiter.task!, this.#events.length));
  }

  override interrupt(waiter: Waiter<unknown>): boolean {
    return this.#selectionOf(waiter)?.interrupt() ?? true;
  }

  override disarm(waiter: Waiter<unknown>): void {
    this.#selectionOf(waiter)?.breakOff();
    this.isOver(waiter);
  }

  /** It does not. But the handlers of its branches want to know: an item to put is given up, for example. */
  override startsWhenCancelled(): boolean {
    const task = runningTask()!;
    for (const event of this.#events) startsWhenCancelled(task, event);
    return false;
  }

  /** @internal What `yield*` evaluates to if the event at `place` comes first. */
  selected(place: number, value: unknown): R {
    return { key: this.#keys === undefined ? place : this.#keys[place]!, value } as R;
  }

  /** @internal */
  isOver(waiter: Waiter<unknown>): void {
    if (waiter === this.#waiter) this.#waiter = this.#selection = undefined;
    else this.#others?.delete(waiter);
  }

  #selectionOf(waiter: Waiter<unknown>): Selection | undefined {
    return waiter === this.#waiter ? this.#selection : this.#others?.get(waiter);
  }

  override toString(): string {
    const shown = this.#events.slice(0, MOST_SHOWN);
    const texts = shown.map((event, place) => `${this.#keys?.[place] ?? place}=${describe(event)}`);
    const left = this.#events.length - shown.length;
    return `Select(${texts.join(', ')}${left > 0 ? `, and ${left} more` : ''})`;
  }
}

/** The most branches in a description. */
const MOST_SHOWN = 8;

/**
 * Waits for the first of several events, in one task, and evaluates to which one came and with what. None of the others has
 * taken anything: the first that happens ends the other waits before any code runs. What has happened already is taken
 * without a wait.
 *
 * Of branches that are ready together the first in the record is taken, or the one that the scheduling policy chooses
 * (`SchedulingPolicy.choose`). JavaScript puts keys that are whole numbers before the others. If the wait of the first fails,
 * `select` throws that error. A branch whose handler has to stop an operation first, as that of `abortable`, makes `select`
 * wait until it has; if it comes to a result all the same, that is lost, and a warning says so (`ESC_BRANCH_LOST`).
 *
 * Cost: no task is made. With a branch that is ready, an object and a look at each branch, some 70 ns for two; else a watch for each
 * branch. See docs/performance.md.
 *
 * @param branches events, in a record or a list. Not coroutines: those need a task; spawn one and pass `task.join()`. Not `pause()`
 * @throws InvalidArgumentError for what is no record and no list of events, or has no branch; NoHandlerError at the `yield*`
 * @example
 * const first = yield* select({ job: jobs.get(), tick: sleep(1000), stop: stopping.wait() });
 * if (first.key === 'job') yield* work(first.value);
 */
export function select<const B extends Branches>(branches: B): Yieldable<Selected<B>, EventsOf<B> | Select> {
  return selectOf(branches) as Yieldable<Selected<B>, EventsOf<B> | Select>;
}

const PAUSE = /* @__PURE__ */ pause();

/** @throws InvalidArgumentError */
function selectOf(branches: Branches): Select {
  let keys: readonly string[] | undefined;
  let events: readonly unknown[] | undefined;
  let place = 0;
  try {
    // Copies: to look up keys that vary would take V8 longer.
    if (Array.isArray(branches)) events = [...branches];
    else if (isRecord(branches)) {
      keys = Object.keys(branches);
      events = Object.values(branches);
    }
    while (events !== undefined && place < events.length && isBranch(events[place])) place++;
  } catch (error) {
    // A branch that cannot even be looked at is no event.
    if (events !== undefined) throw notAnEvent(keys?.[place] ?? place, error);
    if (keys !== undefined) throw notAnEvent(unreadableOf(branches, keys), error);
  }
  if (events === undefined) throw wrong('ESC_NOT_A_LIST', branches, 'a record or an array of events', '');
  if (place < events.length) throw refusalOf(keys?.[place] ?? place, events[place]);
  if (place > 0) return new Select(events as readonly LoopEvent[], keys);
  throw wrong('ESC_NO_BRANCHES', branches, 'a branch', ' Without any it would never end.');
}

function unreadableOf(branches: object, keys: readonly string[]): string | undefined {
  return keys.find(key => safely(() => Reflect.get(branches, key)) === undefined);
}

function isBranch(given: unknown): boolean {
  return given instanceof LoopEvent && given !== PAUSE;
}

function refusalOf(key: string | number, given: unknown): EscapementError {
  return given === PAUSE ? aPause(key) : notAnEvent(key, given);
}

function notAnEvent(key: string | number | undefined, given: unknown): EscapementError {
  TwoCopiesError.check(`select got ${describe(given)} for its branch ${describe(key)}`, given);
  return wrong(
    'ESC_NOT_AN_EVENT',
    given,
    `an event for its branch ${describe(key)}`,
    ' Of a task, pass task.join(); a coroutine needs a task: spawn it first.',
  );
}

/** No handler is told of it: the loop ends it by itself. */
function aPause(key: string | number): EscapementError {
  const expected = `another event for its branch ${describe(key)}`;
  return wrong('ESC_NOT_AN_EVENT', PAUSE, expected, ' A pause is over when the others had their turn. Write sleep(0).');
}

function wrong(code: `ESC_${string}`, given: unknown, expected: string, advice: string): InvalidArgumentError {
  return new InvalidArgumentError(code, `select got ${describe(given)}, expected ${expected}.${advice}`);
}
