import type { Duration, Instant, Task } from 'escapement';
import type { LateTick, RanBefore } from '../results/results.js';
import type { Doing, Stretch } from './stretches.js';

/** A sleeper that woke late, as it was recorded. All instants are on the loop's clock. */
export interface LateWake {
  /** The sleeper. */
  readonly task: Task;
  /** Its deadline. */
  readonly due: Instant;
  /** When its handler settled the wait. */
  readonly ready: Instant;
  /** When it ran. */
  readonly resumed: Instant;
  /** What the loop did from `due` to `resumed`. What is missing at the beginning was too much to keep. */
  readonly stretches: readonly Readonly<Stretch>[];
  /** What `performance.now()` was ahead of the loop's clock. */
  readonly hostOffset: Duration;
}

/** A pause of the garbage collector, on the clock of `performance.now()`. */
export interface CollectorPause {
  /** When it began. */
  readonly startTime: Instant;
  /** How long it took. */
  readonly duration: Duration;
}

type Phase = 'own' | 'strategy' | 'handler' | 'queue';

interface Piece {
  readonly phase: Phase;
  readonly start: Instant;
  readonly end: Instant;
  readonly noCore: Duration | null;
}

/**
 * Splits the time from the deadline to the resumption, so that each moment counts once: as a pause of the collector, else as
 * without a core, else as what the loop did.
 *
 * @param begin the instant that `at` counts from
 */
export function explain(wake: LateWake, pauses: readonly CollectorPause[], begin: Instant): LateTick {
  const { due, resumed, hostOffset } = wake;
  const parts: Record<Phase, Duration> = { own: 0, strategy: 0, handler: 0, queue: 0 };
  let collector = 0;
  let machine: Duration | null = null;
  for (const { phase, start, end, noCore } of piecesOf(wake)) {
    const length = end - start;
    const paused = overlap(pauses, start + hostOffset, end + hostOffset);
    const withoutCore = Math.min(noCore ?? 0, length - paused);
    collector += paused;
    if (noCore !== null) machine = (machine ?? 0) + withoutCore;
    parts[phase] += length - paused - withoutCore;
  }
  return {
    at: roundTo(due - begin),
    task: wake.task.name,
    lateUs: micro(resumed - due),
    ownUs: micro(parts.own),
    strategyUs: micro(parts.strategy),
    handlerUs: micro(parts.handler),
    queueUs: micro(parts.queue),
    gcUs: micro(collector),
    machineUs: machine === null ? null : micro(machine),
    ...ranBefore(wake),
  };
}

/** Together they cover all of the time from the deadline to the resumption. */
function piecesOf({ task: sleeper, due, stretches, ready, resumed }: LateWake): Piece[] {
  const pieces: Piece[] = [];
  let covered = due;
  for (const { doing, start, end, noCore, task } of stretches) {
    // Only steps are too many to keep.
    if (start > covered) pieces.push({ phase: 'queue', start: covered, end: Math.min(start, resumed), noCore: null });
    const [first, last] = [Math.max(start, covered), Math.min(end, resumed)];
    if (last <= first) continue;
    covered = last;
    if (doing === 'own') pieces.push(...ownWork(first, last, ready, noCore));
    else pieces.push({ phase: phaseOf(doing, task === sleeper), start: first, end: last, noCore });
  }
  if (covered < resumed) pieces.push({ phase: 'queue', start: covered, end: resumed, noCore: null });
  return pieces;
}

function phaseOf(doing: Doing, isSleepers: boolean): Phase {
  if (doing === 'sleep') return 'strategy';
  return isSleepers ? 'own' : 'queue';
}

/** The loop's own work settles the wait: up to then it is the handler's, after that it keeps the task waiting for its turn. */
function ownWork(start: Instant, end: Instant, ready: Instant, noCore: Duration | null): Piece[] {
  const split = Math.min(Math.max(ready, start), end);
  const before: Piece = { phase: 'handler', start, end: split, noCore };
  const left = noCore === null ? null : Math.max(0, noCore - (split - start));
  const after: Piece = { phase: 'queue', start: split, end, noCore: left };
  return [before, after].filter(piece => piece.end > piece.start);
}

function overlap(pauses: readonly CollectorPause[], start: Instant, end: Instant): Duration {
  const lengths = pauses.map(
    pause => Math.min(end, pause.startTime + pause.duration) - Math.max(start, pause.startTime),
  );
  return Math.min(
    end - start,
    lengths.filter(length => length > 0).reduce((sum, length) => sum + length, 0),
  );
}

/** How many of the tasks that ran meanwhile are named. */
const MOST_NAMED = 3;

function ranBefore(wake: LateWake): Pick<LateTick, 'after' | 'ran'> {
  const byName = new Map<string, { us: number; steps: number }>();
  let after: string | null = null;
  for (const { task, start, end } of wake.stretches) {
    if (task === undefined || task === wake.task) continue;
    const sum = byName.get(task.name) ?? { us: 0, steps: 0 };
    byName.set(task.name, { us: sum.us + (end - Math.max(start, wake.due)) * 1000, steps: sum.steps + 1 });
    after = task.name;
  }
  const ran = [...byName].map(([task, { us, steps }]): RanBefore => ({ task, us: roundTo(us), steps }));
  return { after, ran: ran.sort((a, b) => b.us - a.us).slice(0, MOST_NAMED) };
}

function micro(milliseconds: Duration): number {
  return roundTo(milliseconds * 1000);
}

function roundTo(value: number): number {
  return Math.round(value * 1000) / 1000;
}
