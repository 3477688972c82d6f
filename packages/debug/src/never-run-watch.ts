import {
  type Clock,
  type CreationHook,
  classNameOf,
  type Duration,
  type InStack,
  type Instrument,
  nameOf,
  runningTask,
  safely,
  setCreationHook,
  type Task,
  warnOf,
} from '@escapement/core';
import { type CallSite, callSiteOf } from './call-site.js';

/** A line and column that creates coroutines or events. */
interface Site extends CallSite {
  /** Something created here did run, so no `yield*` is missing. */
  isInUse: boolean;
  isReported: boolean;
  /** The number of objects created here in the finalization registry. */
  watchedCount: number;
}

/** The most per site: one that is collected is enough for a report, and the registry shrinks only while the host runs. */
const MOST_WATCHED = 16;

/** What one task created at one site and has not run so far. */
interface Suspicion {
  readonly site: Site;
  readonly what: string;
  /** The first step in which the task created one here. */
  readonly step: number;
  /** Undefined once there is nothing to report. */
  task: Task | undefined;
}

interface TaskRecord {
  latestStep: number;
  readonly suspicions: Map<Site, Suspicion>;
}

interface Origin {
  readonly site: Site;
  /** The arguments or fields: they run if the whole runs. */
  parts(): Iterable<unknown>;
}

/** Of what has not run so far. */
const origins = new WeakMap<object, Origin>();

/** The methods that run a coroutine, or end it. */
const USES_OF_COROUTINE = [Symbol.iterator, 'next', 'throw', 'return'];
/** For `yield*`. The scheduler reports a bare `yield`. */
const USES_OF_EVENT = [Symbol.iterator];

/**
 * Warns of coroutines and events that a task created but that never ran: usually a `yield*` is missing. See `debugging`.
 *
 * It observes what coroutines of this loop, and functions that they call, create in a step. It ignores what a constructor
 * creates, because no `yield*` can stand there. It reports each site once: when the garbage collector finds an object from
 * there that never ran, or at the end of the run. It does not report
 *
 * - a site if anything created there did run. Passing it to the loop (`spawn`, `call`, `all`, ...) counts as running, even
 *   if the task is cancelled before its first step. So does running what it is a part of;
 * - parts of the program's value;
 * - what a task created in its last step before it was cancelled, because it might have run that later; for a task that was
 *   cancelled before its first step, the same of its ancestors.
 *
 * It does report what a program keeps for a case that does not occur: create that where it is needed. Suspicions, at most one
 * per site and task, do not refer to the suspected objects.
 */
export class NeverRunWatch implements Instrument, CreationHook {
  readonly #sites = new Map<string, Site>();
  readonly #records = new Map<Task, TaskRecord>();
  /** Of tasks that have ended, one per site. */
  readonly #ofEnded = new Map<Site, Suspicion>();
  /** Those of each line, in the order in which they were first run. */
  readonly #lines = new Map<string, Site[]>();
  readonly #registry = new FinalizationRegistry<Suspicion>(suspicion => {
    suspicion.site.watchedCount--;
    this.#report(suspicion);
  });
  #task: Task | undefined;
  #outer: CreationHook | undefined;
  #step = 0;
  #isCrashed = false;
  #ownTime: Duration = 0;

  /** @param clock the loop's: with it, `ownTime` is measured */
  constructor(private readonly clock?: Clock) {}

  /** How long it has looked at what steps made, in milliseconds: not the program's time. */
  get ownTime(): Duration {
    return this.#ownTime;
  }

  stepStarted(task: Task): void {
    if (task.isCancelled && !this.#isCrashed) this.#forgiveCancelled(task);
    const record = this.#records.get(task);
    this.#step++;
    if (record !== undefined) record.latestStep = this.#step;
    this.#task = task;
    // A coroutine of another loop may run this one.
    this.#outer = setCreationHook(this);
  }

  stepEnded(): void {
    setCreationHook(this.#outer);
    this.#task = this.#outer = undefined;
  }

  suspended(_task: Task, event: object): void {
    markUsed(event);
  }

  handedOver(made: unknown): void {
    markUsed(made);
  }

  taskEnded(task: Task): void {
    const record = this.#records.get(task);
    if (record === undefined) return;
    this.#records.delete(task);
    for (const suspicion of record.suspicions.values()) {
      if (this.#ofEnded.has(suspicion.site)) suspicion.task = undefined;
      else this.#ofEnded.set(suspicion.site, suspicion);
    }
  }

  /** The missing `yield*` may have caused the fault, so the cancellations that follow excuse nothing. */
  crashed(): void {
    this.#isCrashed = true;
  }

  runEnded({ result }: Task): void {
    if (result.state === 'succeeded') markPartsUsed([result.value]);
    for (const task of [...this.#records.keys()]) this.taskEnded(task);
    const suspicions = [...this.#ofEnded.values()].sort((a, b) => a.step - b.step);
    this.#ofEnded.clear();
    this.#isCrashed = false;
    for (const suspicion of suspicions) this.#report(suspicion);
    for (const suspicion of suspicions) suspicion.task = undefined;
  }

  // The program's own `constructor` or `Error.prepareStackTrace` may throw, and what was made may be frozen or a proxy.
  eventMade(event: object, below: InStack): void {
    this.#onOwnTime(() => this.#eventMade(event, below));
  }

  coroutineMade(made: object, below: InStack, args: Iterable<unknown>): void {
    this.#onOwnTime(() => this.#coroutineMade(made, below, args));
  }

  #onOwnTime(look: () => void): void {
    const start = this.clock?.now() ?? 0;
    safely(look);
    this.#ownTime += (this.clock?.now() ?? 0) - start;
  }

  #eventMade(event: object, below: InStack): void {
    const site = this.#siteOf(event, below);
    if (site === undefined) return;
    const name = classNameOf(event);
    const what = `${site.callee ?? `new ${name}`}() was called at ${site.where}`;
    this.#suspect(event, USES_OF_EVENT, {
      site,
      parts: () => ownValues(event),
      what: task => `${what} in task "${task}", but the ${name} that it made was never waited for`,
    });
  }

  #coroutineMade(made: object, below: InStack, args: Iterable<unknown>): void {
    const site = this.#siteOf(made, below);
    if (site === undefined || origins.has(made)) return;
    this.#suspect(made, USES_OF_COROUTINE, {
      site,
      parts: () => args,
      what: task => {
        const name = nameOf(below, 'coroutine');
        const callee = site.callee ?? name;
        const result = callee === name ? 'never ran' : `the ${name} that it made never ran`;
        return `${callee}() was called at ${site.where} in task "${task}", and ${result}`;
      },
    });
  }

  #siteOf(made: object, below: InStack): Site | undefined {
    // A step of this loop may run another loop, without debug.
    if (this.#task === undefined || runningTask() !== this.#task) return undefined;
    const place = callSiteOf(made, below, key => this.#sites.get(key));
    if (place === undefined) return undefined;
    let site = this.#sites.get(place.key);
    if (site === undefined) {
      site = { ...place, isInUse: false, isReported: false, watchedCount: 0 };
      this.#sites.set(site.key, site);
      const line = this.#lines.get(site.line);
      if (line === undefined) this.#lines.set(site.line, [site]);
      else line.push(site);
    }
    return site.isInUse || site.isReported ? undefined : site;
  }

  #suspect(made: object, uses: readonly PropertyKey[], origin: Origin & { what(task: string): string }): void {
    const task = this.#task!;
    const { site, parts } = origin;
    let record = this.#records.get(task);
    if (record === undefined) {
      record = { latestStep: this.#step, suspicions: new Map() };
      this.#records.set(task, record);
    }
    let suspicion = record.suspicions.get(site);
    if (suspicion === undefined) {
      suspicion = { site, task, step: this.#step, what: origin.what(task.name) };
      record.suspicions.set(site, suspicion);
    }
    origins.set(made, { site, parts });
    for (const use of uses) markUsedBy(use, made);
    if (site.watchedCount >= MOST_WATCHED) return;
    site.watchedCount++;
    this.#registry.register(made, suspicion);
  }

  #forgiveCancelled(task: Task): void {
    this.#forgiveLatestStep(task);
    if (task.state !== 'spawned') return;
    for (let above = task.parent; above !== undefined; above = above.parent) this.#forgiveLatestStep(above);
  }

  #forgiveLatestStep(task: Task): void {
    const record = this.#records.get(task);
    if (record === undefined) return;
    for (const [site, suspicion] of record.suspicions) {
      if (suspicion.step !== record.latestStep) continue;
      suspicion.task = undefined;
      record.suspicions.delete(site);
    }
  }

  #report({ site, what, task }: Suspicion): void {
    if (task === undefined || site.isInUse || site.isReported || this.#isPart(site)) return;
    site.isReported = true;
    warnOf(task, 'ESC_NEVER_RUN', `${what}. Did you forget yield*?`);
  }

  /** Whether it is an argument of what is to be reported: in `spawn(work());`, `work` is called first and stands behind. */
  #isPart(site: Site): boolean {
    const line = this.#lines.get(site.line)!;
    return line.slice(line.indexOf(site) + 1).some(later => later.column < site.column && !later.isInUse);
  }
}

function markUsed(made: unknown): void {
  if (typeof made !== 'object' || made === null) return;
  const origin = origins.get(made);
  if (origin === undefined) return;
  origins.delete(made);
  origin.site.isInUse = true;
  for (const use of USES_OF_COROUTINE) restore(use, made);
  markPartsUsed(origin.parts());
}

/** Looks into lists and records, like the argument of `all`. */
function markPartsUsed(parts: Iterable<unknown>): void {
  for (const part of parts) {
    markUsed(part);
    if (isListOrRecord(part)) ownValues(part).forEach(markUsed);
  }
}

function isListOrRecord(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return safely(() => Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) ?? false;
}

/** The values that an object stores. Getters are the program's: calling one could change what it does. */
function ownValues(value: object): unknown[] {
  return safely(() => Object.values(Object.getOwnPropertyDescriptors(value)).map(property => property.value)) ?? [];
}

/** Replaces the method `use` of `made` until its first call; not if `made` has one of its own, or is frozen. */
function markUsedBy(use: PropertyKey, made: object): void {
  const value = function (this: unknown, ...args: never[]): unknown {
    markUsed(made);
    // The prototype's method: `made` may be frozen by now, and still have this one.
    return Object.getPrototypeOf(made)[use].apply(this, args);
  };
  if (Object.getOwnPropertyDescriptor(made, use) !== undefined) return;
  replacements.add(value);
  Reflect.defineProperty(made, use, { configurable: true, writable: true, value });
}

const replacements = new WeakSet<object>();

function restore(use: PropertyKey, made: object): void {
  const own = Object.getOwnPropertyDescriptor(made, use)?.value;
  if (typeof own === 'function' && replacements.has(own)) Reflect.deleteProperty(made, use);
}
