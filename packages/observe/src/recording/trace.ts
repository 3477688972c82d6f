import { describe, eventName, type Instant, type Task } from '@escapement/core';
import { COLLECTION_KINDS } from './collector-pauses.js';
import type { EventNames } from './event-names.js';
import {
  CRASHED,
  ENDED,
  READY,
  type RecordRing,
  SLEEP_ENDED,
  SLEEP_STARTED,
  STEP_ENDED,
  STEP_STARTED,
  type StoredRecord,
  WARNED,
} from './record-ring.js';
import { RESULTS } from './results.js';
import { type Annotations, TracePackets } from './trace-packets.js';
import { type TraceTask, TraceTasks } from './trace-tasks.js';

/** What a trace is made of. */
export interface TraceSource {
  /** Of the loop. */
  readonly name: string;
  readonly ring: RecordRing;
  /** The records of garbage collections. */
  readonly collections: RecordRing;
  readonly names: EventNames;
  /** The root tasks that have not ended, and the number of the run of each. */
  readonly roots: ReadonlyMap<Task, number>;
  /** Records before this are left out. */
  readonly from: Instant;
  readonly now: Instant;
}

/** What the slices that were open at the beginning of the trace say of that. */
const EARLIER: Annotations = { began: 'before this recording' };

/** Of tasks among their siblings, in the order of their ids: behind the loop's own tracks. The format has 31 bits for it. */
const FIRST_RANK = 4;
/** About how many bytes the trace takes for each record. */
const PACKET_SIZE = 64;

/** A trace file for Perfetto: a track for each task, one for the sleeps of the loop, one for the garbage collector. */
export function traceOf(source: TraceSource): Uint8Array {
  return new Trace(source).write();
}

class Trace {
  readonly #packets: TracePackets;
  readonly #tasks: TraceTasks;
  readonly #uuids: () => number;
  readonly #loopTrack: number;
  readonly #sleepTrack: number;
  readonly #overshootTrack: number;
  readonly #collectorTrack: number;
  /** By the number of the record with which a step started: the flows that begin there, and the one that ends there. */
  readonly #flowsFrom = new Map<number, number[]>();
  readonly #flowTo = new Map<number, number>();
  readonly #collections: { kind: string; start: number; end: number }[] = [];
  /** The first record that is in the trace. */
  #first = Infinity;
  /** The time of the last event, in nanoseconds. */
  #time = 0;
  /** The time of the first event, in nanoseconds. */
  #start = 0;
  #sleep: 'unknown' | 'asleep' | 'awake' = 'unknown';
  #sleepsUntil: Instant = Infinity;

  constructor(private readonly source: TraceSource) {
    this.#uuids = numbersOf(source.name);
    this.#packets = new TracePackets(
      hashOf(source.name),
      nanoseconds(source.now),
      2 ** 16 + PACKET_SIZE * source.ring.size,
    );
    this.#loopTrack = this.#uuids();
    this.#sleepTrack = this.#uuids();
    this.#overshootTrack = this.#uuids();
    this.#collectorTrack = this.#uuids();
    this.#tasks = new TraceTasks(source.roots, this.#uuids);
  }

  write(): Uint8Array {
    const { ring, collections, from } = this.source;
    this.#time = nanoseconds(from);
    ring.visit(0, record => this.#lookAt(record));
    this.#describeTracks();
    this.#start = this.#time;
    this.#beginOld();
    ring.visit(this.#first, record => this.#replay(record));
    collections.visit(0, record => this.#collected(record));
    this.#addCollections();
    return this.#packets.finish();
  }

  /** First all records are looked at: names come with the end of a task, and flows go forward. */
  #lookAt(record: StoredRecord): void {
    const { kind, number, time, run, task: id, other } = record;
    if (time < this.source.from) return;
    if (this.#first === Infinity) {
      this.#first = number;
      this.#time = nanoseconds(time);
    }
    if (kind === SLEEP_STARTED || kind === SLEEP_ENDED || id === 0) return;
    const task = this.#tasks.get(run, id);
    if (kind === READY) task.readiedBy = other === 0 ? -1 : this.#tasks.get(run, other).step;
    else if (kind === STEP_STARTED) this.#connect(task, number);
    else if (kind === STEP_ENDED) task.readiedBy = -1;
    else if (kind === ENDED) this.#tasks.ended(run, id, record.text, other);
    if (kind !== WARNED) task.last = number;
  }

  #connect(task: TraceTask, step: number): void {
    task.step = step;
    if (task.readiedBy === -1) return;
    const flow = this.#uuids();
    const flows = this.#flowsFrom.get(task.readiedBy);
    if (flows === undefined) this.#flowsFrom.set(task.readiedBy, [flow]);
    else flows.push(flow);
    this.#flowTo.set(step, flow);
  }

  #describeTracks(): void {
    const parent = this.#loopTrack;
    this.#packets.track({ uuid: parent, name: this.source.name });
    this.#packets.track({ uuid: this.#sleepTrack, name: 'sleeps', parent, rank: 1 });
    this.#packets.track({ uuid: this.#overshootTrack, name: 'overshoot', parent, rank: 2, isCounter: true });
    this.#packets.track({ uuid: this.#collectorTrack, name: 'garbage collector', parent, rank: 3 });
    for (const task of this.#tasks.parentsFirst()) {
      const { uuid, name, id } = task;
      this.#packets.track({ uuid, name, parent: task.parent?.uuid ?? parent, rank: FIRST_RANK + (id % 2 ** 30) });
    }
  }

  /** Of the tasks that did nothing in the time of the trace. */
  #beginOld(): void {
    for (const task of this.#tasks.parentsFirst()) {
      if (task.last !== -1 || task.live === undefined) continue;
      const { waitsFor, state } = task.live;
      if (waitsFor !== undefined) this.#begin(task, 'wait', waitFor(eventName(waitsFor)), EARLIER);
      else if (state === 'running') this.#begin(task, 'step', 'step', EARLIER);
      else if (state === 'ready' || state === 'spawned') this.#begin(task, 'ready', 'ready', EARLIER);
    }
  }

  #replay(record: StoredRecord): void {
    const { kind, time, run, task: id, value, text, number } = record;
    // A clock may be wrong for once; time in a trace only goes forward.
    this.#time = Math.max(this.#time, nanoseconds(time));
    if (kind === SLEEP_STARTED) this.#fallAsleep(value);
    else if (kind === SLEEP_ENDED) this.#awake(time);
    else if (kind === CRASHED) this.#packets.instant(this.#loopTrack, this.#time, 'crashed', { fault: text });
    else if (kind === WARNED) this.#warned(run, id, text);
    else this.#replayTask(this.#tasks.get(run, id), record, number);
  }

  #replayTask(task: TraceTask, { kind, name, other, run }: StoredRecord, number: number): void {
    const named = this.source.names.name(name);
    if (kind === READY) this.#ready(task, named, other === 0 ? undefined : this.#tasks.get(run, other));
    else if (kind === STEP_STARTED) this.#startStep(task, number);
    else if (kind === STEP_ENDED) this.#endStep(task, named, other === 1, number);
    else this.#packets.instant(task.uuid, this.#time, 'ended', { result: RESULTS[name] });
  }

  #ready(task: TraceTask, cause: string, by: TraceTask | undefined): void {
    if (cause === 'spawned') this.#packets.instant(task.uuid, this.#time, 'spawned', { by: by?.name });
    // Else, if that is not known, it waited before the trace began, for what is the cause now.
    else if (cause !== 'paused') this.#beginEarlier(task, 'wait', waitFor(cause === 'cancelled' ? 'an event' : cause));
    this.#end(task);
    this.#beginReady(task, cause, by);
  }

  #beginReady(task: TraceTask, cause: string, by: TraceTask | undefined): void {
    if (cause === 'cancelled') this.#packets.instant(task.uuid, this.#time, 'cancelled', { by: by?.name });
    this.#begin(task, 'ready', 'ready', { cause, by: by?.name });
  }

  #startStep(task: TraceTask, number: number): void {
    this.#beginEarlier(task, 'ready', 'ready');
    this.#end(task);
    this.#begin(task, 'step', 'step', undefined, this.#flowsFrom.get(number), this.#flowTo.get(number));
  }

  #endStep(task: TraceTask, name: string, isReady: boolean, number: number): void {
    this.#beginEarlier(task, 'step', 'step');
    this.#end(task);
    if (isReady) this.#beginReady(task, name, undefined);
    else if (name !== '') this.#begin(task, 'wait', waitFor(name), { event: this.#nowWaitsFor(task, number) });
  }

  /** The event itself is known of the waits that go on. */
  #nowWaitsFor({ live, last }: TraceTask, number: number): string | undefined {
    return live?.waitsFor !== undefined && last === number ? describe(live.waitsFor) : undefined;
  }

  /** Begins what the first record of a task says that it was in, unless that is known. */
  #beginEarlier(task: TraceTask, state: NonNullable<TraceTask['open']>, name: string): void {
    if (task.isSeen) return;
    this.#packets.begin(task.uuid, this.#start, name, EARLIER);
    task.open = state;
    task.isSeen = true;
  }

  #begin(
    task: TraceTask,
    state: NonNullable<TraceTask['open']>,
    name: string,
    args?: Annotations,
    from?: readonly number[],
    to?: number,
  ): void {
    this.#packets.begin(task.uuid, this.#time, name, args, from, to);
    task.open = state;
    task.isSeen = true;
  }

  #end(task: TraceTask): void {
    if (task.open !== undefined) this.#packets.end(task.uuid, this.#time);
    task.open = undefined;
  }

  #fallAsleep(until: Instant): void {
    // While several loops run, sleeps are not recorded, so an end may be missing, or a start.
    if (this.#sleep === 'asleep') this.#packets.end(this.#sleepTrack, this.#time);
    this.#sleep = 'asleep';
    this.#sleepsUntil = until;
    this.#packets.begin(this.#sleepTrack, this.#time, 'sleep', { until: until === Infinity ? 'woken' : until });
  }

  #awake(time: Instant): void {
    if (this.#sleep === 'unknown') this.#packets.begin(this.#sleepTrack, this.#start, 'sleep', EARLIER);
    if (this.#sleep !== 'awake') this.#endSleep(time);
    this.#sleep = 'awake';
    this.#sleepsUntil = Infinity;
  }

  #endSleep(time: Instant): void {
    const overshoot = nanoseconds(time) - nanoseconds(this.#sleepsUntil);
    const isOver = time >= this.#sleepsUntil;
    this.#packets.end(this.#sleepTrack, this.#time, isOver ? { overshoot } : undefined);
    if (isOver) this.#packets.count(this.#overshootTrack, this.#time, overshoot);
  }

  #warned(run: number, id: number, warning: string): void {
    const track = id === 0 ? this.#loopTrack : this.#tasks.get(run, id).uuid;
    this.#packets.instant(track, this.#time, 'warning', { warning });
  }

  /** One that ended before all that the trace shows would be of no use. */
  #collected({ name, time, value }: StoredRecord): void {
    const [start, end] = [nanoseconds(time), nanoseconds(time + value)];
    if (end >= this.#start) this.#collections.push({ kind: COLLECTION_KINDS[name] ?? 'other', start, end });
  }

  /** The host tells of them later, and perhaps not in order. */
  #addCollections(): void {
    let free = this.#start;
    for (const { kind, start, end } of this.#collections.sort((a, b) => a.start - b.start)) {
      const begins = Math.max(free, start);
      free = Math.max(begins, end);
      this.#packets.begin(this.#collectorTrack, begins, kind);
      this.#packets.end(this.#collectorTrack, free);
    }
  }
}

function waitFor(event: string): string {
  return `waits for ${event}`;
}

function nanoseconds(time: Instant): number {
  return Math.max(0, Math.round(time * 1e6));
}

/** Numbers for tracks and flows that differ from those of loops with other names: their dumps may be in one file. */
function numbersOf(name: string): () => number {
  let last = hashOf(name) * 2 ** 32;
  return () => ++last;
}

/** 1 to 2 ** 20. */
function hashOf(name: string): number {
  let hash = 0;
  for (const letter of name) hash = (Math.imul(hash, 31) + letter.codePointAt(0)!) | 0;
  return ((hash >>> 0) % 2 ** 20) + 1;
}
