import { type Coroutine, type Instant, type LoopEvent, pause, spawn, type Task, type Watch } from '@escapement/core';
import { LawBrokenError } from '../laws/errors.js';
import type { Random } from '../laws/random.js';
import type { Pending } from './handler-adapter.js';
import type { Wait } from './observed-handler.js';
import type { Stage } from './stage.js';

interface Waiting {
  readonly pending: Pending<LoopEvent>;
  readonly task: Task;
  hasHappened: boolean;
}

const ROUNDS = 60;

/**
 * Begins waits, cancels some and lets the others happen, in random order.
 * @returns what is wrong if not all of them have ended as they should
 */
export function* mixedWaits(stage: Stage, random: Random): Coroutine<string | undefined, LoopEvent> {
  const waiting: Waiting[] = [];
  const hasToEnd: Waiting[] = [];
  const happen = (each: Waiting) => {
    if (!each.hasHappened && !each.task.isCancelled) hasToEnd.push(each);
    each.hasHappened = true;
    each.pending.happen();
  };
  for (let round = 0; round < ROUNDS; round++) {
    const each = random.pick(waiting);
    const dice = random.next();
    if (each === undefined || dice < 0.3) {
      const pending = stage.pending();
      waiting.push({ pending, task: yield* spawn(pending.event), hasHappened: false });
      // An event of a callback begins with its wait: it cannot happen before.
      yield* pause();
    } else if (dice < 0.5) happen(each);
    else if (dice < 0.6) each.task.cancel();
    else if (dice < 0.7) {
      each.task.cancel();
      happen(each);
    } else if (dice < 0.8) {
      happen(each);
      each.task.cancel();
    } else yield* stage.turns();
  }
  for (const each of waiting) if (!each.hasHappened) happen(each);
  const hasEnded = yield* stage.until(() => waiting.every(({ task }) => task.isEnded));
  if (!hasEnded) return `not all waits ended although all events have happened: ${leftOf(waiting)}`;
  yield* stage.turns();
  const failed = hasToEnd.find(({ task }) => !task.isCancelled && task.result.state !== 'succeeded');
  return failed && `a wait ended as ${failed.task.result.state}`;
}

function leftOf(waiting: readonly Waiting[]): string {
  const left = waiting.filter(({ task }) => !task.isEnded);
  return `${left.length} of ${waiting.length} wait on, ${left.filter(({ task }) => task.isCancelled).length} of them cancelled`;
}

/** How the deadlines of a crowd of timers are spread. */
interface Spread {
  readonly count: number;
  /** How often, of a hundred operations, a wait is cancelled. */
  readonly cancels: number;
  /** How often, of a hundred operations, time passes. */
  readonly passes: number;
  next(now: Instant, random: Random, made: number): Instant;
}

const MIXED = [0.01, 0.3, 3, 20, 400, 1e4, 1e7, 1e10, 1e12];

const SPREADS: readonly Spread[] = [
  // Some of everything: the past, equal instants, and the next decades.
  { count: 500, cancels: 25, passes: 15, next: anyInstant },
  // As of sleeps of one duration; sometimes one that is due before.
  { count: 700, cancels: 10, passes: 5, next: (now, random) => now + (random.chance(0.02) ? 1 : 40) },
  // All before the first is due, in no order.
  { count: 1200, cancels: 5, passes: 0, next: (now, random) => now + random.below(4000) / 8 },
  // Most are cancelled.
  { count: 1500, cancels: 49, passes: 0.5, next: (now, random) => now + random.pick(MIXED) * random.next() },
  // Ever earlier, ever later.
  { count: 400, cancels: 5, passes: 2, next: (now, _, made) => now + (made % 2 === 0 ? 1000 - made : 10 * made) },
];

function anyInstant(now: Instant, random: Random): Instant {
  const dice = random.next();
  if (dice < 0.05) return now - random.below(10);
  if (dice < 0.06) return random.pick([-Infinity, 0, Infinity]);
  if (dice < 0.4) return Math.ceil(now) + random.below(8);
  return now + random.pick(MIXED) * random.next();
}

/** What a law checks at each moment of a crowd of timers. `pending` holds the waits that are neither settled nor disarmed. */
export interface TimerChecks {
  settled?(wait: Wait, pending: ReadonlySet<Wait>): void;
  sleeping?(until: Instant, pending: ReadonlySet<Wait>): void;
}

/**
 * Arms, cancels and lets pass hundreds of timed waits in virtual time, until all are over.
 * @returns what is wrong if not all of them have ended
 */
export function* crowdsOfTimers(
  stage: Stage,
  root: Task,
  random: Random,
  checks: TimerChecks,
): Coroutine<string | undefined, LoopEvent> {
  let left = 0;
  for (const spread of SPREADS) left += yield* crowd(stage, root, random, spread, checks);
  return left === 0 ? undefined : `${left} timed waits were never settled`;
}

function* crowd(stage: Stage, root: Task, random: Random, spread: Spread, checks: TimerChecks) {
  const { clock, seen, strategy } = stage;
  const pending = new Set<Wait>();
  const watches: { watch: Watch; wait: Wait }[] = [];
  let latest = clock.now();
  seen.onSettle = wait => {
    pending.delete(wait);
    checks.settled?.(wait, pending);
  };
  strategy.onSleep = until => {
    checks.sleeping?.(until, pending);
    return undefined;
  };
  for (let made = 0; made < spread.count; ) {
    const dice = 100 * random.next();
    if (dice < spread.cancels && watches.length > 0) {
      const index = random.below(watches.length);
      const { watch, wait } = watches[index]!;
      watches[index] = watches.at(-1)!;
      watches.pop();
      watch.cancel();
      pending.delete(wait);
    } else if (dice < spread.cancels + spread.passes) {
      if (random.chance(0.5)) clock.moveBy(random.pick([0.001, 0.5, 7]));
      if (random.chance(0.7)) yield* stage.pass(random.pick([0, 0.1, 5, 60]));
    } else {
      const until = spread.next(clock.now(), random, made++);
      if (until !== Infinity) latest = Math.max(latest, until);
      const watch = stage.watch(root, stage.timed(until), { resolved: () => {}, rejected: refuse });
      const wait = seen.waits.at(-1)!;
      watches.push({ watch, wait });
      if (!watch.isOver) pending.add(wait);
    }
  }
  yield* stage.pass(latest - clock.now() + 1);
  yield* stage.until(() => ![...pending].some(({ due }) => due < Infinity));
  const left = [...pending].filter(({ due }) => due < Infinity);
  for (const { watch } of watches) watch.cancel();
  seen.onSettle = () => {};
  strategy.onSleep = () => undefined;
  return left.length;
}

function refuse(error: unknown): never {
  throw new LawBrokenError('a timed wait was rejected', error);
}
