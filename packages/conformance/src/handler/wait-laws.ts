import { type Instant, type LoopEvent, pause, spawn, type Task } from '@escapement/core';
import { haveSameContents, shown } from '../laws/equal.js';
import { demand } from '../laws/errors.js';
import { Random } from '../laws/random.js';
import { adviceFor } from '../laws/stage-strategy.js';
import { callAdapter } from '../laws/suite.js';
import { CALLER, type HandlerLaw, type Pending } from './handler-adapter.js';
import { checkDeclarations, type Wait } from './observed-handler.js';
import { crowdsOfTimers, mixedWaits } from './scenarios.js';
import { Stage } from './stage.js';

/**
 * Runs what the adapter allows: a mix of waits that the kit lets happen, and crowds of timers.
 * @returns what is wrong if some of them did not end
 */
function exercise(stage: Stage, seed: number): Promise<string | undefined> {
  return stage.run(function* (root) {
    let problem: string | undefined;
    if (stage.adapter.pending !== undefined) problem = yield* mixedWaits(stage, new Random(seed));
    if (stage.hasVirtualTimers) problem ??= yield* crowdsOfTimers(stage, root, new Random(seed), {});
    return problem;
  });
}

async function demandAllEnd(stage: Stage, seed: number): Promise<void> {
  const problem = await exercise(stage, seed);
  demand(problem === undefined, problem ?? '');
}

const settles: HandlerLaw = {
  number: 'H1',
  rule: 'settles a wait when its event has happened, with the value of the event',
  why: 'a wait that is never settled hangs its task, and those that join it',
  async check({ adapter, handler, seed }) {
    checkDeclarations(handler);
    const stage = new Stage(adapter);
    await stage.run(function* () {
      if (adapter.pending !== undefined) yield* settlesPending(stage);
      if (adapter.timed !== undefined) yield* settlesTimed(stage);
    });
    await demandAllEnd(stage, seed);
  },
};

function* settlesPending(stage: Stage) {
  const pending = stage.pending();
  const task = yield* spawn(pending.event);
  yield* stage.turns();
  demand(!task.isEnded, 'a wait for the event of pending() ended before happen() was called');
  pending.happen();
  const isSettled = yield* stage.until(() => task.isEnded);
  demand(isSettled, () => `happen() was called, and the wait was not settled. ${adviceFor(stage.endedBy)}`);
  const result = yield* task;
  if ('value' in pending) checkResult(result, pending.value);
}

function checkResult(result: unknown, expected: unknown): void {
  if (haveSameContents(result, expected)) return;
  const isJudge = typeof expected === 'function';
  if (isJudge && callAdapter(CALLER, 'value of pending()', () => expected(result))) return;
  demand(
    false,
    () => `resolved with ${shown(result)}, ${isJudge ? 'which value() refuses' : `not with ${shown(expected)}`}`,
  );
}

function* settlesTimed(stage: Stage) {
  const start = stage.clock.now();
  const offsets = stage.hasVirtualTimers ? [-Infinity, -1, 0, 0.25, 1, 1e3, 1e12] : [-1, 0, 0.25, 1, 20];
  const tasks: Task[] = [];
  for (const offset of offsets) tasks.push(yield* spawn(stage.timed(start + offset)));
  const never = yield* spawn(stage.timed(Infinity));
  yield* stage.pass(offsets.at(-1)! + 1);
  yield* stage.until(() => tasks.every(({ isEnded }) => isEnded));
  const left = offsets.filter((_, index) => !tasks[index]!.isEnded);
  demand(left.length === 0, () => `not settled: the waits that were due ${left.join(', ')} ms after now`);
  demand(!never.isEnded, 'settled a wait until Infinity');
  never.cancel();
}

const settlesOnce: HandlerLaw = {
  number: 'H2',
  rule: 'settles a wait once',
  why: 'a second settling does nothing, so the value that it carries is lost',
  async check({ adapter, seed }) {
    const stage = new Stage(adapter);
    await exercise(stage, seed);
    const twice = stage.seen.waits.filter(({ settlements }) => settlements > 1);
    demand(twice.length === 0, () => `settled ${twice.length} waits twice, of ${stage.seen.waits.length}`);
  },
};

const forgets: HandlerLaw = {
  number: 'H3',
  rule: 'does not resolve a waiter that was disarmed',
  why: 'the value goes to nobody, and the next who waits does not get it',
  async check({ adapter, seed }) {
    const stage = new Stage(adapter);
    await exercise(stage, seed);
    const late = stage.seen.waits.filter(({ lateResolves }) => lateResolves > 0);
    demand(late.length === 0, () => `resolved ${late.length} waiters after disarm() (reject does no harm there)`);
  },
};

const disarmsAnytime: HandlerLaw = {
  number: 'H4',
  rule: 'lets a wait be disarmed at any moment, and the others go on',
  why: 'a task can be cancelled at any moment, and knows nothing of the other tasks',
  async check({ adapter, seed }) {
    const stage = new Stage(adapter);
    for (let round = 1; round < 3; round++) await demandAllEnd(stage, seed + round);
    await stage.run(function* () {
      if (adapter.pending !== undefined) {
        yield* disarmsAmongOthers(stage, () => stage.pending());
        yield* disarmsAtOneEvent(stage, stage.pending());
      }
      if (adapter.timed !== undefined) {
        yield* disarmsAmongOthers(stage, () => stage.timedIn(5));
        yield* disarmsAtOneEvent(stage, stage.timedIn(5));
      }
    });
  },
};

/** In the turn in which it was armed, after a turn, when the event has happened, and in reverse order. */
function* disarmsAmongOthers(stage: Stage, next: () => Pending<LoopEvent>) {
  const all = Array.from({ length: 9 }, next);
  const tasks: Task[] = [];
  for (const { event } of all) tasks.push(yield* spawn(event));
  yield* pause();
  tasks[0]!.cancel();
  yield* stage.turns();
  tasks[1]!.cancel();
  all[2]!.happen();
  tasks[2]!.cancel();
  for (const index of [8, 7, 6]) tasks[index]!.cancel();
  for (const index of [3, 4, 5]) all[index]!.happen();
  const rest = tasks.slice(3, 6);
  const areSettled = yield* stage.until(() => rest.every(({ isEnded }) => isEnded));
  demand(areSettled, 'some waits were not settled after others had been disarmed');
  for (const { happen } of all) happen();
  yield* stage.until(() => tasks.every(({ isEnded }) => isEnded));
}

/** What has happened three times is enough for the three that still wait. */
function* disarmsAtOneEvent(stage: Stage, { event, happen }: Pending<LoopEvent>) {
  const tasks: Task[] = [];
  for (let n = 0; n < 6; n++) {
    tasks.push(yield* spawn(event));
    yield* pause();
  }
  for (const index of [1, 5, 0]) tasks[index]!.cancel();
  for (let n = 0; n < 3; n++) happen();
  const rest = tasks.slice(2, 5);
  const areSettled = yield* stage.until(() => rest.every(({ isEnded }) => isEnded));
  demand(areSettled, 'of six waits for one event three were disarmed, and the others not settled when it had happened');
  yield* stage.until(() => tasks.every(({ isEnded }) => isEnded));
}

const sharesEvents: HandlerLaw = {
  number: 'H5',
  rule: 'lets several tasks wait for one event at once, and frozen',
  why: 'an event is a plain value: programs keep one and yield it in many places',
  async check({ adapter }) {
    const stage = new Stage(adapter);
    await stage.run(function* () {
      const { event, happen } = adapter.pending === undefined ? stage.timedIn(5) : stage.pending();
      Object.freeze(event);
      const tasks: Task[] = [];
      for (let n = 0; n < 4; n++) tasks.push(yield* spawn(event));
      yield* stage.turns();
      const areEnded = () => tasks.every(({ isEnded }) => isEnded);
      for (let n = 0; n < 4 && !areEnded(); n++) {
        happen();
        yield* stage.turns();
      }
      demand(
        yield* stage.until(areEnded),
        'of four waits for one event some were not settled after it had happened four times',
      );
    });
  },
};

const keepsOrder: HandlerLaw = {
  number: 'H6',
  rule: 'settles waits in the order that it promises',
  why: 'programs rely on it: who came first goes first, what is due first is due first',
  inapplicable: ({ adapter }) =>
    adapter.ordered === true ? undefined : 'the adapter promises no order (`ordered: true`)',
  async check({ adapter, seed }) {
    const stage = new Stage(adapter);
    await stage.run(function* (root) {
      if (adapter.pending !== undefined) yield* firstComeFirstServed(stage);
      if (!stage.hasVirtualTimers) return;
      yield* crowdsOfTimers(stage, root, new Random(seed), { settled: checkOrder });
    });
  },
};

function* firstComeFirstServed(stage: Stage) {
  const { event, happen } = stage.pending();
  const order: number[] = [];
  const tasks: Task[] = [];
  for (let n = 0; n < 6; n++) {
    const wait = function* () {
      yield* event;
      order.push(n);
    };
    tasks.push(yield* spawn(wait));
    yield* stage.turns();
  }
  tasks[2]!.cancel();
  for (let n = 0; n < 6 && order.length < 5; n++) {
    happen();
    yield* stage.turns();
  }
  yield* stage.until(() => order.length === 5);
  demand(order.join() === '0,1,3,4,5', () => `the tasks 0, 1, 3, 4, 5 were resumed in the order ${order.join(', ')}`);
}

function checkOrder(wait: Wait, pending: ReadonlySet<Wait>): void {
  for (const other of pending) {
    const isBefore = other.due < wait.due || (other.due === wait.due && other.serial < wait.serial);
    demand(!isBefore, () => `settled ${nameOf(wait)} before ${nameOf(other)}`);
  }
}

function nameOf({ serial, due }: { readonly serial: number; readonly due: Instant }): string {
  return `wait ${serial}, due at ${due}`;
}

export const waitLaws: readonly HandlerLaw[] = [
  settles,
  settlesOnce,
  forgets,
  disarmsAnytime,
  sharesEvents,
  keepsOrder,
];
