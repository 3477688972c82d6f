import { type CreationHook, creationHook, type InStack, setCreationHook } from '../events/creation-hook.js';
import type { Instrument, LoopWarning } from '../extension-points/instrument.js';
import { runningTask } from '../tasks/running-task.js';
import type { Task } from '../tasks/task.js';
import { type CallSite, callSiteOf } from './call-site.js';

/** A place where coroutines or events are made. */
interface Site extends CallSite {
  /** Something that was made here did run: no `yield*` is missing. */
  isInUse: boolean;
  /** How many that were made here are shown to the garbage collector. */
  watchedCount: number;
}

/** One that is collected is enough to report a place, and the registry only shrinks while the host runs. */
const MOST_WATCHED = 16;

/** What one task has made at one place, and nobody has run so far. */
interface Suspicion {
  readonly site: Site;
  readonly what: string;
  /** The first step in which the task made one here. */
  readonly step: number;
  /** Undefined once there is nothing to report any more. */
  task: Task | undefined;
}

/** What a task is suspected of, and the number of its latest step. */
interface Ledger {
  latestStep: number;
  readonly suspicions: Map<Site, Suspicion>;
}

interface Trace {
  readonly site: Site;
  /** What runs as a part of it, or not at all. */
  readonly parts: (() => Iterable<unknown>) | undefined;
}

/** What is suspected to be forgotten. Weak: what nobody refers to any more is collected. */
const traces = new WeakMap<object, Trace>();

/** What is done to a coroutine to run it, or to end it for good. */
const USES_OF_COROUTINE = [Symbol.iterator, 'next', 'throw', 'return'];
/** By `yield*`. A bare `yield` shows when the event has come up. */
const USES_OF_EVENT = [Symbol.iterator];

/**
 * @internal Warns of coroutines and events that a task made and that nobody ran: usually a `yield*` is missing there.
 *
 * It watches what is made in a step of this loop, by a coroutine or a function that it called. It ignores what a constructor
 * makes: that is stored, and no `yield*` could stand there. Each place is reported once, when the garbage collector has found
 * something that was made there and never ran, or else at the end of the run. Not reported is
 *
 * - a place where anything that was made did run. Handing it to the loop (`spawn`, `call`, `all`, ...) counts as running it,
 *   even if the task is cancelled before its first step; so does running what it is a part of;
 * - what is a part of the program's value;
 * - what a task made in the last step before it was cancelled: it might have run it later. The same holds for the ancestors
 *   of a task that was cancelled before its first step: they might have been about to run what they gave it.
 *
 * What is left was made, and neither run nor lost to a cancellation, however the run ends. That includes what is kept for a
 * case that did not occur: make it where it is needed.
 *
 * There is at most one suspicion for each place and task, and none refers to what it is about.
 */
export class NeverRunWatch implements Instrument, CreationHook {
  readonly #warn: (warning: LoopWarning) => void;
  readonly #sites = new Map<string, Site>();
  readonly #ledgers = new Map<Task, Ledger>();
  /** Of tasks that have ended: one for each place. */
  readonly #left = new Map<Site, Suspicion>();
  readonly #reportedLines = new Set<string>();
  readonly #registry = new FinalizationRegistry<Suspicion>(suspicion => {
    suspicion.site.watchedCount--;
    this.#report(suspicion);
  });
  #task: Task | undefined;
  #outer: CreationHook | undefined;
  #step = 0;
  #isCrashed = false;

  constructor(warn: (warning: LoopWarning) => void) {
    this.#warn = warn;
  }

  stepStarted(task: Task): void {
    if (task.isCancelled && !this.#isCrashed) this.#letGoOf(task);
    const ledger = this.#ledgers.get(task);
    this.#step++;
    if (ledger !== undefined) ledger.latestStep = this.#step;
    this.#task = task;
    // Another loop's, where a coroutine runs a loop of its own.
    this.#outer = creationHook;
    setCreationHook(this);
  }

  stepEnded(): void {
    setCreationHook(this.#outer);
    this.#task = this.#outer = undefined;
  }

  suspended(_task: Task, event: object): void {
    handOver(event);
  }

  handedOver(made: unknown): void {
    handOver(made);
  }

  taskEnded(task: Task): void {
    const ledger = this.#ledgers.get(task);
    if (ledger === undefined) return;
    this.#ledgers.delete(task);
    for (const suspicion of ledger.suspicions.values()) {
      if (this.#left.has(suspicion.site)) suspicion.task = undefined;
      else this.#left.set(suspicion.site, suspicion);
    }
  }

  /** From now on tasks are cancelled because of a fault, and what was forgotten may be the cause. */
  crashed(): void {
    this.#isCrashed = true;
  }

  runEnded({ result }: Task): void {
    if (result.state === 'succeeded') handOverParts([result.value]);
    for (const task of [...this.#ledgers.keys()]) this.taskEnded(task);
    const suspicions = [...this.#left.values()].sort((a, b) => a.step - b.step);
    this.#left.clear();
    this.#isCrashed = false;
    for (const suspicion of outermost(suspicions)) this.#report(suspicion);
    for (const suspicion of suspicions) suspicion.task = undefined;
  }

  eventMade(event: object, below: InStack): void {
    const site = this.#siteOf(event, below);
    if (site === undefined) return;
    const { name } = event.constructor;
    const what = `${site.callee ?? `new ${name}`}() was called at ${site.where}`;
    this.#suspect(event, USES_OF_EVENT, {
      site,
      parts: () => Object.values(event),
      what: task => `${what} in task "${task}", and nobody waited for the ${name} that it made`,
    });
  }

  coroutineMade(made: object, below: InStack, args: Iterable<unknown>): void {
    const site = this.#siteOf(made, below);
    if (site === undefined || traces.has(made)) return;
    this.#suspect(made, USES_OF_COROUTINE, {
      site,
      parts: () => args,
      what: task => {
        const name = below.name || 'coroutine';
        const callee = site.callee ?? name;
        const result = callee === name ? 'never ran' : `the ${name} that it made never ran`;
        return `${callee}() was called at ${site.where} in task "${task}", and ${result}`;
      },
    });
  }

  #siteOf(made: object, below: InStack): Site | undefined {
    // Only our own tasks: a loop without debug may run in one of them.
    if (this.#task === undefined || runningTask() !== this.#task) return undefined;
    const place = callSiteOf(made, below, key => this.#sites.get(key));
    if (place === undefined) return undefined;
    let site = this.#sites.get(place.key);
    if (site === undefined) {
      site = { ...place, isInUse: false, watchedCount: 0 };
      this.#sites.set(site.key, site);
    }
    return site.isInUse || this.#reportedLines.has(site.line) ? undefined : site;
  }

  #suspect(made: object, uses: readonly PropertyKey[], of: Trace & { what(task: string): string }): void {
    const task = this.#task!;
    const { site, parts } = of;
    let ledger = this.#ledgers.get(task);
    if (ledger === undefined) {
      ledger = { latestStep: this.#step, suspicions: new Map() };
      this.#ledgers.set(task, ledger);
    }
    let suspicion = ledger.suspicions.get(site);
    if (suspicion === undefined) {
      suspicion = { site, task, step: this.#step, what: of.what(task.name) };
      ledger.suspicions.set(site, suspicion);
    }
    traces.set(made, { site, parts });
    for (const use of uses) noticeUse(made, use);
    if (site.watchedCount >= MOST_WATCHED) return;
    site.watchedCount++;
    this.#registry.register(made, suspicion);
  }

  #letGoOf(task: Task): void {
    this.#letGoOfLatest(task);
    if (task.state !== 'spawned') return;
    for (let above = task.parent; above !== undefined; above = above.parent) this.#letGoOfLatest(above);
  }

  #letGoOfLatest(task: Task): void {
    const ledger = this.#ledgers.get(task);
    if (ledger === undefined) return;
    for (const [site, suspicion] of ledger.suspicions) {
      if (suspicion.step !== ledger.latestStep) continue;
      suspicion.task = undefined;
      ledger.suspicions.delete(site);
    }
  }

  #report({ site, what, task }: Suspicion): void {
    if (task === undefined || site.isInUse || this.#reportedLines.has(site.line)) return;
    this.#reportedLines.add(site.line);
    this.#warn({ code: 'ESC_NEVER_RUN', message: `${what}. Did you forget yield*?`, task });
  }
}

/** Of several in one line the last, which was made of the others. */
function outermost(suspicions: readonly Suspicion[]): Iterable<Suspicion> {
  const lines = new Map<string, Suspicion>();
  for (const suspicion of suspicions) if (!suspicion.site.isInUse) lines.set(suspicion.site.line, suspicion);
  return lines.values();
}

/** Somebody runs `made`, or has it run: from here on that is not its maker's business. */
function handOver(made: unknown): void {
  if (typeof made !== 'object' || made === null) return;
  const trace = traces.get(made);
  if (trace === undefined) return;
  traces.delete(made);
  trace.site.isInUse = true;
  for (const use of USES_OF_COROUTINE) if (Object.hasOwn(made, use)) Reflect.deleteProperty(made, use);
  if (trace.parts !== undefined) handOverParts(trace.parts());
}

/** Also what lies in a list or a record, as the bodies of `all` do. */
function handOverParts(parts: Iterable<unknown>): void {
  for (const part of parts) {
    handOver(part);
    if (Array.isArray(part)) part.forEach(handOver);
    else if (isRecord(part)) Object.values(part).forEach(handOver);
  }
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** The first time that `use` is asked of `made`, by whomever, that counts. */
function noticeUse(made: object, use: PropertyKey): void {
  Object.defineProperty(made, use, {
    configurable: true,
    writable: true,
    value(...args: never[]): unknown {
      handOver(made);
      // Not of the thing itself: had it been frozen, this would still be here.
      return Object.getPrototypeOf(made)[use].apply(this, args);
    },
  });
}
