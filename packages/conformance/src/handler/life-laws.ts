import { spawn, type Task } from '@escapement/core';
import { demand } from '../laws/errors.js';
import { holding, holdsUnseen, leftSince } from '../laws/holding.js';
import { hostTurn } from '../laws/host.js';
import { noCollector, Survivors } from '../laws/memory.js';
import { adviceFor } from '../laws/stage-strategy.js';
import type { HandlerAdapter, HandlerLaw } from './handler-adapter.js';
import { Stage } from './stage.js';

const runsAgain: HandlerLaw = {
  number: 'H15',
  rule: 'works in a second run, and keeps nothing of the first',
  why: 'a loop runs many programs, and what one leaves behind delays or ends the waits of the next',
  async check({ adapter }) {
    const stage = new Stage(adapter);
    for (let run = 0; run < 3; run++) {
      const before = stage.seen.waits.length;
      await stage.run(() => leaveWaits(stage, adapter));
      checkNothingLeft(stage);
      const settled = stage.seen.settled.filter(({ serial }) => serial < before);
      const early = settled.filter(({ isDisarmed }) => isDisarmed);
      demand(early.length === 0, 'a wait of an earlier run was settled in a later one');
      await stage.run(() => endWaits(stage, adapter));
      checkNothingLeft(stage);
    }
  },
};

/** Ends with waits that are cancelled by the end of the run. */
function* leaveWaits(stage: Stage, adapter: HandlerAdapter) {
  for (let n = 0; n < 5; n++) {
    if (adapter.pending !== undefined) yield* spawn(stage.pending().event, { daemon: true });
    if (adapter.timed !== undefined) yield* spawn(stage.timed(stage.clock.now() + 1e6), { daemon: true });
  }
  yield* stage.turns();
}

function* endWaits(stage: Stage, adapter: HandlerAdapter) {
  const tasks: Task[] = [];
  if (adapter.timed !== undefined) tasks.push(yield* spawn(stage.timed(stage.clock.now() + 5)));
  if (adapter.pending !== undefined) {
    const { event, happen } = stage.pending();
    tasks.push(yield* spawn(event));
    yield* stage.turns();
    happen();
  }
  yield* stage.pass(6);
  const areSettled = yield* stage.until(() => tasks.every(({ isEnded }) => isEnded));
  demand(areSettled, 'a wait of a later run was not settled');
}

function checkNothingLeft({ handler }: Stage): void {
  demand(handler.inFlight() === 0, () => `inFlight() is ${handler.inFlight()} after the run has ended`);
  const deadline = handler.nextDeadline();
  demand(deadline === Infinity, () => `nextDeadline() is ${deadline} after the run has ended, expected Infinity`);
}

const releases: HandlerLaw = {
  number: 'H16',
  rule: 'holds nothing outside of the loop when the run has ended',
  why: 'timers and threads keep the process alive, and descriptors run out',
  isStatistical: true,
  inapplicable: ({ adapter }) => holdsUnseen(adapter),
  async check({ adapter }) {
    await hostTurn();
    const before = holding(adapter);
    const stage = new Stage(adapter);
    for (let run = 0; run < 3; run++) {
      await stage.run(() => endWaits(stage, adapter));
      await stage.run(() => leaveWaits(stage, adapter));
    }
    const left = await leftSince(before, adapter);
    demand(
      left === '',
      () => `when the run has ended, there is more than before: ${left}. End it in disarm() or close(), or unref() it`,
    );
  },
};

const MANY = 2000;
/** Abandoned waits may be kept until they are many: that makes disarm() cheap. */
const MOST_KEPT = 600;

const keepsNothing: HandlerLaw = {
  number: 'H17',
  rule: 'keeps no waits that are over, but a limited number until the run ends',
  why: 'a server waits and abandons waits for weeks in one run',
  inapplicable: noCollector,
  async check({ adapter }) {
    // Lets the host run, because a weak reference holds its object until the host's next turn.
    const stage = new Stage(adapter, true);
    const settled = new Survivors();
    const abandoned = new Survivors();
    await stage.run(function* () {
      stage.seen.onArm = waiter => settled.add(waiter);
      yield* settleMany(stage, adapter);
      stage.seen.onArm = waiter => abandoned.add(waiter);
      const waitsOn = yield* abandonMany(stage, adapter);
      stage.seen.onArm = () => {};
      yield* countLeft(stage, settled, FEW, 'settled');
      yield* countLeft(stage, abandoned, MOST_KEPT, 'disarmed');
      waitsOn.cancel();
      stage.seen.onArm = waiter => abandoned.add(waiter);
      yield* leaveWaits(stage, adapter);
    });
    const left = await abandoned.count(FEW);
    demand(left <= FEW, () => `when the run had ended, ${left} of ${abandoned.added} waiters were still kept`);
  },
};

/** Something on the stack may still refer to one. */
const FEW = 2;

function* settleMany(stage: Stage, adapter: HandlerAdapter) {
  for (let n = 0; n < 20; n++) {
    const tasks: Task[] = [];
    if (adapter.timed !== undefined) tasks.push(yield* spawn(stage.timed(stage.clock.now())));
    if (adapter.pending !== undefined) {
      const { event, happen } = stage.pending();
      tasks.push(yield* spawn(event));
      yield* stage.turns();
      happen();
    }
    const areSettled = yield* stage.until(() => tasks.every(({ isEnded }) => isEnded));
    demand(areSettled, () => `waits whose events had happened were not settled. ${adviceFor(stage.endedBy)}`);
  }
}

/** One that waits on comes first: what is behind it must not be kept for that. */
function* abandonMany(stage: Stage, adapter: HandlerAdapter) {
  const last = adapter.pending === undefined ? undefined : stage.pending();
  const start = stage.clock.now();
  const next = (n: number) => last?.event ?? stage.timed(start + 1e8 + ((n * 7919) % MANY) * 1000);
  const first = yield* spawn(last?.event ?? stage.timed(start + 1e6));
  for (let n = 0; n < MANY; n += 100) {
    const tasks: Task[] = [];
    for (let m = 0; m < 100; m++) tasks.push(yield* spawn(next(n + m)));
    yield* stage.turns();
    for (const task of tasks) task.cancel();
    yield* stage.turns();
    // If the handler refuses to end them, they end like this.
    if (!tasks[0]!.isEnded) last?.happen();
  }
  return first;
}

function* countLeft(stage: Stage, survivors: Survivors, most: number, what: string) {
  let left = survivors.added;
  for (let attempt = 0; attempt < 8 && left > most; attempt++) {
    yield* stage.pass(1);
    left = survivors.collect();
  }
  demand(left <= most, () => `of ${survivors.added} waiters that were ${what}, ${left} are still kept`);
}

export const lifeLaws: readonly HandlerLaw[] = [runsAgain, releases, keepsNothing];
