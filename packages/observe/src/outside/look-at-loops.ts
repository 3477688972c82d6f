import type { Duration, Instant, LoopEvent, LoopMetrics, LoopView, Task } from '@escapement/core';
import type { LoopReport, ReadyTask, SlowStepReport, TaskLine } from './loop-report.js';
import type { SlowStep } from './wait-times.js';

/** How much a look reports. */
export interface LookOptions {
  /** A line for each task, instead of one for all that are alike. False by default. */
  readonly all?: boolean;
  /** How long the loop may stand still for the look, in milliseconds: then it reports what it has found. 5000 by default. */
  readonly timeout?: Duration;
}

/**
 * What each loop of this thread does now. See `dumpLoops` for the same as text.
 *
 * @example server.get('/loops', (_, response) => response.json(lookAtLoops()));
 */
// The text of this function is sent to other processes, so it refers to nothing but globals and what is inside of it. There it
// may interrupt a loop anywhere, also in the middle of a change: it only reads, and what throws counts as unknown.
export function lookAtLoops({ all = false, timeout = 5000 }: LookOptions = {}): LoopReport[] {
  /** So many tasks are shown one by one. */
  const FEW = 40;
  const MOST_LINES = all ? Infinity : 200;
  /** Kinds of tasks below one parent. */
  const MOST_KINDS = all ? Infinity : 20;
  const MOST_READY = 10;
  const MOST_BLOCKERS = 3;
  const NO_TASKS: readonly Task[] = [];
  const MOST_TEXT = 200;
  const SINCE = /\bsince (\d+(?:\.\d+)?) ms/;
  const ALL_SINCE = / ?\bsince [\d.]+ ms/g;
  /** Of decimal digits, or as in the hash of a commit. */
  const NUMBERS = /\b(?=[a-f]*\d)[\da-f]{6,}\b(?!\.)|\d+(?:\.\d+)?/gi;
  const endsAt = Date.now() + timeout;

  /** What is known of a task. */
  interface Look {
    readonly name: string;
    readonly state: Task['state'];
    readonly event: LoopEvent | undefined;
    /** Undefined as long as the text of the event need not be known. */
    readonly numbers: NumbersOnly | undefined;
    readonly heldBy: readonly string[] | undefined;
    readonly age: Duration | undefined;
    readonly notes: string;
    readonly isDaemon: boolean;
    readonly isCancelled: boolean;
  }

  /**
   * A class of events whose texts are made of their fields, which are numbers: so the texts differ in nothing else. To make a text
   * takes longer than all else.
   */
  interface NumbersOnly {
    readonly kind: unknown;
    readonly keys: readonly string[];
    /** The text without the numbers. */
    readonly likeness: string;
  }

  /** Tasks that are alike, below parents that are alike; or one task. */
  interface Kind {
    readonly depth: number;
    readonly first: Look;
    readonly firstEvent: string | undefined;
    readonly children: Map<unknown, Kind>;
    count: number;
    haveOneName: boolean;
    haveOneEvent: boolean;
    least: Duration | undefined;
    most: Duration | undefined;
  }

  const numbersOnly = new Map<unknown, NumbersOnly>();

  const registry = (globalThis as { [key: symbol]: unknown })[Symbol.for('escapement.loops')];
  return registry === undefined ? [] : Array.from(registry as Iterable<LoopView>, reportOn);

  function reportOn(view: LoopView): LoopReport {
    const { strategy, policy } = view;
    const now = safely(() => strategy.clock.now()) ?? Number.NaN;
    const { tasks, isPartial: isCut } = tasksOf(view);
    let isPartial = isCut;
    const isEach = all || tasks.length <= FEW;
    const roots = new Map<unknown, Kind>();
    const kinds = new Map<Task, Kind>();
    /** The only one that a task waits for. One with several may go on when any of them does. */
    const blockers = new Map<Task, Task>();
    const states: Record<string, number> = {};
    const ready: ReadyTask[] = [];
    let hasTimes = false;
    for (const task of tasks) {
      // What events say of themselves may take long.
      if (Date.now() > endsAt) {
        isPartial = true;
        break;
      }
      const found = blockersOf(task, view);
      if (found.length === 1) blockers.set(task, found[0]!);
      const look = lookAt(task, found, view, now);
      const { name, state, age } = look;
      const above = task.parent === undefined ? undefined : kinds.get(task.parent);
      const kind = includeIn(above, above?.children ?? roots, isEach ? task : likeness(look), look);
      if (mayHaveChildren(task)) kinds.set(task, kind);
      states[state] = (states[state] ?? 0) + 1;
      if (state === 'ready' || state === 'spawned') ready.push({ name, age });
      hasTimes ||= age !== undefined;
    }
    const metrics: LoopMetrics | undefined = safely(() => JSON.parse(JSON.stringify(view.metrics())));
    return {
      strategy: strategy.alias,
      waits: strategy.waits,
      policy: policy.alias,
      sleepsFor: sleepOf(view.sleepsUntil, now),
      taskCount: tasks.length,
      states,
      ...linesOf(roots, tasks.length),
      ready: ready.sort((a, b) => (b.age ?? 0) - (a.age ?? 0)).slice(0, MOST_READY),
      circle: circleIn(blockers),
      slowSteps: slowStepsOf(metrics?.slowSteps, now),
      hasTimes,
      metrics,
      isPartial,
    };
  }

  function tasksOf(view: LoopView): { tasks: Task[]; isPartial: boolean } {
    const tasks: Task[] = [];
    try {
      for (const task of view.tasks()) {
        tasks.push(task);
        if (tasks.length % 1024 === 0 && Date.now() > endsAt) return { tasks, isPartial: true };
      }
    } catch {
      return { tasks, isPartial: true };
    }
    return { tasks, isPartial: false };
  }

  /** Most tasks are leaves, and have an empty array. */
  function mayHaveChildren({ children }: Task): boolean {
    return !Array.isArray(children) || children.length > 0;
  }

  /** At most three. A task whose body is done waits for its children. */
  function blockersOf(task: Task, view: LoopView): readonly Task[] {
    const { state } = task;
    if (state !== 'waiting' && state !== 'finishing') return NO_TASKS;
    let found: Task[] | undefined;
    try {
      for (const blocker of state === 'finishing' ? task.children : view.blockersOf(task)) {
        found ??= [];
        if (found.push(blocker) === MOST_BLOCKERS) break;
      }
    } catch {}
    return found ?? NO_TASKS;
  }

  function lookAt(task: Task, blockers: readonly Task[], view: LoopView, now: Instant): Look {
    const { name, state, waitsFor: event } = task;
    const notes = safely(() => view.notesOn(task)) ?? '';
    const since = SINCE.exec(notes);
    return {
      name,
      state,
      event,
      numbers: event === undefined || blockers.length > 0 ? undefined : numbersIn(event),
      heldBy: event === undefined || blockers.length === 0 ? undefined : holdersIn(blockers, textOf(event)),
      age: since === null || Number.isNaN(now) ? undefined : Math.max(0, now - Number(since[1])),
      notes,
      isDaemon: task.isDaemon,
      isCancelled: task.isCancelled,
    };
  }

  function numbersIn(event: LoopEvent): NumbersOnly | undefined {
    try {
      let known = numbersOnly.get(event.constructor);
      if (known === undefined) {
        if (event.toString !== defaultToString(event)) return undefined;
        const keys = Object.keys(event).filter(key => key !== 'kind');
        known = { kind: event.kind, keys, likeness: textOf(event).replace(NUMBERS, '#') };
        numbersOnly.set(event.constructor, known);
      }
      return fits(event, known) ? known : undefined;
    } catch {
      return undefined;
    }
  }

  /** That of the base class of all events. */
  function defaultToString(event: object): unknown {
    let base: object | null = event;
    for (let next: object | null = event; next !== null && next !== Object.prototype; ) {
      base = next;
      next = Object.getPrototypeOf(next);
    }
    return base.toString;
  }

  function fits(event: LoopEvent, { kind, keys }: NumbersOnly): boolean {
    let count = 0;
    for (const key in event) {
      if (key === 'kind') continue;
      const value = event[key as keyof LoopEvent] as unknown;
      // Others may have signs, letters or exponents.
      if (key !== keys[count++] || typeof value !== 'number' || !(value >= 0 && value < 1e15)) return false;
    }
    return count === keys.length && event.kind === kind;
  }

  function textOf(event: object): string {
    const text = safely(() => String(event)) ?? safely(() => event.constructor.name) ?? 'an event';
    return text.length <= MOST_TEXT ? text : `${text.slice(0, MOST_TEXT)}...`;
  }

  /** The names of those that the event itself does not name. */
  function holdersIn(blockers: readonly Task[], event: string): string[] | undefined {
    const names = blockers.map(({ name }) => name).filter(name => !event.includes(`"${name}"`));
    return names.length === 0 ? undefined : names;
  }

  /** Equal for looks that differ in numbers only. */
  function likeness({ name, state, event, numbers, heldBy, isDaemon, isCancelled }: Look): string {
    const waitsFor = numbers?.likeness ?? (event === undefined ? '' : textOf(event).replace(NUMBERS, '#'));
    const names = `${name.replace(NUMBERS, '#')}\n${waitsFor}\n${heldBy === undefined ? '' : String(heldBy).replace(NUMBERS, '#')}`;
    return `${names}\n${state}${isDaemon}${isCancelled}`;
  }

  function includeIn(above: Kind | undefined, siblings: Map<unknown, Kind>, key: unknown, look: Look): Kind {
    let kind = siblings.get(key);
    if (kind === undefined) {
      kind = newKind(look, above === undefined ? 0 : above.depth + 1);
      siblings.set(key, kind);
    }
    const { name, event, age } = look;
    kind.count++;
    kind.haveOneName &&= name === kind.first.name;
    // Most differ at the second task.
    kind.haveOneEvent &&= event === kind.first.event || (event && textOf(event)) === kind.firstEvent;
    if (age === undefined) return kind;
    kind.least = Math.min(kind.least ?? age, age);
    kind.most = Math.max(kind.most ?? age, age);
    return kind;
  }

  function newKind(first: Look, depth: number): Kind {
    const [least, most] = [undefined, undefined];
    const firstEvent = first.event && textOf(first.event);
    return {
      depth,
      first,
      firstEvent,
      children: new Map(),
      count: 0,
      haveOneName: true,
      haveOneEvent: true,
      least,
      most,
    };
  }

  /** Not recursive: a chain of tasks may be deeper than the host's stack. */
  function linesOf(roots: Map<unknown, Kind>, taskCount: number): { lines: TaskLine[]; hidden: number } {
    const lines: TaskLine[] = [];
    let hidden = taskCount;
    const left = [...roots.values()].reverse();
    for (let kind = left.pop(); kind !== undefined && lines.length < MOST_LINES; kind = left.pop()) {
      const children = [...kind.children.values()];
      const shown = children.slice(0, MOST_KINDS);
      const rest = children.slice(MOST_KINDS).reduce((sum, { count }) => sum + count, 0);
      lines.push(lineOf(kind, rest));
      hidden -= kind.count + rest;
      for (const child of shown.reverse()) left.push(child);
    }
    return { lines, hidden };
  }

  function lineOf(kind: Kind, hidden: number): TaskLine {
    const { first, firstEvent, depth, count, least, most } = kind;
    const note = count > 1 ? '' : first.notes.replaceAll(ALL_SINCE, '').trim();
    return {
      depth,
      name: kind.haveOneName ? first.name : first.name.replace(NUMBERS, '#').replace(/[\s\-_.:/#]*#$/, ''),
      count,
      state: first.state,
      waitsFor: kind.haveOneEvent ? firstEvent : firstEvent?.replace(/\(.*$/s, ''),
      heldBy: first.heldBy,
      age: least === undefined || most === undefined ? undefined : [least, most],
      note: note === '' ? undefined : note,
      isDaemon: first.isDaemon || undefined,
      isCancelled: first.isCancelled || undefined,
      hidden: hidden || undefined,
    };
  }

  /** The names of tasks each of which waits for the next, and the last for the first. */
  function circleIn(blockers: ReadonlyMap<Task, Task>): string[] | undefined {
    /** On the way from which task it was come by. */
    const starts = new Map<Task, Task>();
    for (const start of blockers.keys()) {
      let task: Task | undefined = start;
      for (; task !== undefined && !starts.has(task); task = blockers.get(task)) starts.set(task, start);
      if (task !== undefined && starts.get(task) === start) return circleFrom(task, blockers);
    }
    return undefined;
  }

  function circleFrom(first: Task, blockers: ReadonlyMap<Task, Task>): string[] {
    const names = [first.name];
    for (let task = blockers.get(first); task !== undefined && task !== first; task = blockers.get(task)) {
      names.push(task.name);
    }
    return [...names, first.name];
  }

  function slowStepsOf(steps: readonly SlowStep[] | undefined, now: Instant): SlowStepReport[] | undefined {
    return steps?.map(({ task, took, endedAt }) => ({ task, took, ago: Math.max(0, now - endedAt) })).reverse();
  }

  /** JSON has no `Infinity`. */
  function sleepOf(until: Instant | undefined, now: Instant): Duration | null | undefined {
    if (until === Infinity) return null;
    return until === undefined || Number.isNaN(now) ? undefined : Math.max(0, until - now);
  }

  function safely<T>(look: () => T): T | undefined {
    try {
      return look();
    } catch {
      return undefined;
    }
  }
}
