import { type Coroutine, describe, type EventHandler, type LoopEvent, spawn, type Task } from '@escapement/core';
import { demand } from '../laws/errors.js';
import { realNow } from '../laws/host.js';
import type { HandlerAdapter, HandlerLaw } from './handler-adapter.js';
import { checkDeclarations, overrides } from './observed-handler.js';
import { Stage } from './stage.js';

/** A sleep of more milliseconds is one that only a wakeup is meant to end. */
const LONG_SLEEP = 500;
/** In milliseconds of real time: after this the event happens although the loop has not slept for long. */
const LONGEST_START = 3000;

const countsInFlight: HandlerLaw = {
  number: 'H10',
  rule: 'counts as in flight the waits that only something outside of the loop can end, and no others',
  why: 'with too few the loop reports a deadlock that is none; with too many it hangs in a real one',
  async check({ adapter, handler }) {
    checkDeclarations(handler);
    const canWake = handler.needsHost || overrides(handler, 'beforeSleep');
    const stage = new Stage(adapter);
    await stage.run(function* () {
      inFlightIs(stage, 'before the first wait', false);
      const next = (late: number) => (adapter.pending === undefined ? stage.timedIn(late) : stage.pending());
      const waits = [next(500), next(500), next(150)];
      const tasks: Task[] = [];
      for (const { event } of waits) tasks.push(yield* spawn(event));
      yield* stage.turns();
      inFlightIs(stage, 'while three tasks wait', canWake);
      tasks[1]!.cancel();
      waits[2]!.happen();
      yield* stage.until(() => tasks[1]!.isEnded && tasks[2]!.isEnded);
      inFlightIs(stage, 'while one task of three waits', canWake);
      waits[0]!.happen();
      yield* stage.until(() => tasks.every(({ isEnded }) => isEnded));
      inFlightIs(stage, 'when all waits are over', false);
    });
  },
};

function inFlightIs({ handler }: Stage, when: string, isExpected: boolean): void {
  const count: unknown = handler.inFlight();
  const expected = isExpected ? 'above 0, because only the outside can end them' : '0';
  const isRight = typeof count === 'number' && count >= 0 && count > 0 === isExpected;
  demand(isRight, () => `inFlight() is ${describe(count)} ${when}, expected ${expected}`);
}

const endsSleeps: HandlerLaw = {
  number: 'H11',
  rule: 'ends the sleep of the loop when an event happens meanwhile',
  why: 'a loop without a deadline sleeps until somebody requests its wakeup',
  isStatistical: true,
  inapplicable({ adapter, isVirtual }) {
    if (isVirtual) return 'only tasks and the clock end its waits (no needsHost, no beforeSleep)';
    return withoutPending(adapter);
  },
  async check({ adapter }) {
    const stage = new Stage(adapter);
    // In loops of their own, with another wakeup each.
    for (let round = 0; round < 3; round++) await stage.run(() => happensWhileAsleep(stage));
    if (overrides(stage.handler, 'beforeSleep')) await stage.run(() => happensBeforeWakeup(stage));
  },
};

function* happensWhileAsleep(stage: Stage): Coroutine<void, LoopEvent> {
  const { event, happen } = stage.pending();
  const start = realNow();
  let hasHappened = false;
  stage.strategy.onSleep = (until, wakeup) => {
    const isLong = until - stage.clock.now() > LONG_SLEEP;
    // Once the loop sleeps for long: until then the handler may still look by itself, while it starts a thread.
    if (!hasHappened && ((isLong && !wakeup.requested) || realNow() - start > LONGEST_START)) {
      hasHappened = true;
      happen();
    }
    // Only a wakeup is to end that sleep. It may take its time: no law is faster than the machine.
    return hasHappened && isLong ? Infinity : undefined;
  };
  yield* event;
}

/** Nothing could request the wakeup then: whoever gets it looks once more. */
function* happensBeforeWakeup(stage: Stage): Coroutine<void, LoopEvent> {
  const { clock, seen, strategy } = stage;
  const { event, happen } = stage.pending();
  strategy.onSleep = until => (until - clock.now() > LONG_SLEEP ? Infinity : undefined);
  seen.onBeforeSleep = () => {
    if (seen.pending.length === 0) return;
    seen.onBeforeSleep = () => {};
    happen();
  };
  yield* event;
}

const interruptsHonestly: HandlerLaw = {
  number: 'H12',
  rule: 'settles a wait that it does not let be interrupted',
  why: 'the cancelled task waits on for it, and nothing else ends that',
  inapplicable({ adapter, handler }) {
    if (!overrides(handler, 'interrupt')) return 'it has no interrupt(): every wait ends at once';
    return withoutPending(adapter);
  },
  async check({ adapter }) {
    const stage = new Stage(adapter);
    await stage.run(function* () {
      const { event, happen } = stage.pending();
      const task = yield* spawn(event);
      yield* stage.turns();
      task.cancel();
      yield* stage.turns();
      if (!task.isEnded) happen();
      const isSettled = yield* stage.until(() => task.isEnded);
      demand(isSettled, 'interrupt() returned false, and the wait was not settled although its event has happened');
    });
  },
};

const refuses: HandlerLaw = {
  number: 'H13',
  rule: 'rejects the wait that it refuses, and does not throw',
  why: 'what arm() throws counts as a fault of the handler, and the task cannot tell what was wrong with its event',
  inapplicable: ({ adapter }) => (adapter.refused === undefined ? 'the adapter has no refused()' : undefined),
  async check({ adapter }) {
    const stage = new Stage(adapter);
    await stage.run(function* () {
      let error: unknown;
      try {
        yield* stage.refused() as LoopEvent;
      } catch (thrown) {
        error = thrown;
      }
      demand(error !== undefined, 'a wait for the event of refused() did not throw');
      const code = (error as { code?: unknown }).code;
      demand(code !== 'ESC_HANDLER_FAILED', () => `arm() threw: ${describe((error as Error).cause)}`);
      inFlightIs(stage, 'after a wait was refused', false);
    });
  },
};

const blockersAreTasks: HandlerLaw = {
  number: 'H14',
  rule: 'names as blockers only tasks',
  why: 'reports of deadlocks show who waits for whom',
  inapplicable({ adapter, handler }) {
    if (!overrides(handler, 'blockers')) return 'it has no blockers()';
    return withoutPending(adapter);
  },
  async check({ adapter }) {
    const stage = new Stage(adapter);
    await stage.run(function* () {
      const { event, happen } = stage.pending();
      const task = yield* spawn(event);
      yield* stage.turns();
      for (const blocker of blockersOf(stage.handler, event)) {
        const isTask = typeof blocker === 'object' && blocker !== null && 'isEnded' in blocker && 'join' in blocker;
        demand(isTask, () => `blockers() has ${describe(blocker)}, expected tasks`);
      }
      happen();
      yield* stage.until(() => task.isEnded);
    });
  },
};

function blockersOf(handler: EventHandler, event: LoopEvent): Iterable<unknown> {
  const blockers: unknown = handler.blockers(event);
  const isIterable = typeof (blockers as Iterable<unknown> | undefined)?.[Symbol.iterator] === 'function';
  demand(isIterable, () => `blockers() returned ${describe(blockers)}, expected an iterable of tasks`);
  return blockers as Iterable<unknown>;
}

function withoutPending({ pending }: HandlerAdapter): string | undefined {
  return pending === undefined ? 'the adapter has no pending()' : undefined;
}

export const loopLaws: readonly HandlerLaw[] = [
  countsInFlight,
  endsSleeps,
  interruptsHonestly,
  refuses,
  blockersAreTasks,
];
