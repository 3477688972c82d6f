import {
  type Coroutine,
  currentTask,
  describe,
  EventLoop,
  type LoopEvent,
  pause,
  type SchedulingPolicy,
  spawn,
  type Task,
} from '@escapement/core';
import { Alarm, AlarmHandler } from '../laws/alarm.js';
import { InvalidAdapterError, LawBrokenError } from '../laws/errors.js';
import { KitClock } from '../laws/kit-clock.js';
import type { Random } from '../laws/random.js';
import { StageStrategy } from '../laws/stage-strategy.js';
import { observedPolicy, ReadyModel } from './observed-policy.js';
import { makePolicy, optionsFor, type PolicyAdapter } from './policy-adapter.js';

/** A policy under test, in loops of the kit, in virtual time. */
export class PolicyStage {
  readonly clock = new KitClock();
  readonly policy: SchedulingPolicy;
  readonly strategy: StageStrategy;
  model = new ReadyModel();

  /** @param isAsync lets the host run at each sleep */
  constructor(
    readonly adapter: PolicyAdapter,
    isAsync = false,
  ) {
    this.policy = makePolicy(adapter, this.clock);
    this.strategy = new StageStrategy(this.clock, 'loop', isAsync);
  }

  /** Runs a program in a loop of its own. @throws LawBrokenError if the run fails, or the policy breaks its contract */
  async run(program: (root: Task) => Coroutine<unknown, LoopEvent>): Promise<void> {
    this.model = new ReadyModel();
    const { strategy } = this;
    const policy = observedPolicy(this.policy, this.model);
    const handlers = [new AlarmHandler()];
    const loop = new EventLoop({ strategy, handlers, policy, instruments: [{ warned: () => {} }] });
    // The kit's programs yield what the loop handles, and at times what it has to refuse.
    const main = program as (root: Task) => Coroutine<unknown, Alarm>;
    try {
      await loop.run(function* () {
        yield* main(yield* currentTask());
      });
    } catch (error) {
      throw faultOf(error);
    }
  }

  /** Lets `duration` milliseconds of virtual time pass. */
  *pass(duration: number): Coroutine<void, LoopEvent> {
    yield* new Alarm(this.clock.now() + duration);
  }

  /**
   * A random tree of `count` tasks that pause, wait, spawn, take time, cancel each other, and yield what is no event.
   * @param took called at each step, with the number of its task
   */
  *tree(random: Random, count: number, took: (task: number) => void = () => {}): Coroutine<void, LoopEvent> {
    const { adapter, clock } = this;
    const tasks: Task[] = [];
    let left = count;
    function* grow(): Coroutine<void, LoopEvent> {
      const number = count - left;
      for (let step = random.below(12); step >= 0; step--) {
        took(number);
        const dice = random.next();
        if (dice < 0.35 && left > 0) {
          left--;
          tasks.push(yield* spawn(grow, { ...optionsFor(adapter, random, clock), daemon: random.chance(0.1) }));
        } else if (dice < 0.6) yield* pause();
        else if (dice < 0.75) yield* new Alarm(clock.now() + random.below(4));
        else if (dice < 0.85) clock.moveBy(random.next());
        else if (dice < 0.9 && tasks.length > 0) random.pick(tasks).cancel();
        else if (dice < 0.95) yield* refused();
      }
    }
    while (left > 0) {
      left--;
      tasks.push(yield* spawn(grow, optionsFor(adapter, random, clock)));
      if (random.chance(0.5)) yield* pause();
    }
  }
}

/** Yields what is no event: the task becomes ready because it was refused. */
function* refused(): Coroutine<void, LoopEvent> {
  try {
    yield 5 as unknown as LoopEvent;
  } catch (error) {
    // It is not to hide a cancellation.
    if ((error as { code?: unknown }).code !== 'ESC_NOT_AN_EVENT') throw error;
  }
}

function faultOf(error: unknown): Error {
  for (let each: unknown = error; each !== undefined; each = (each as { cause?: unknown } | undefined)?.cause) {
    if (each instanceof LawBrokenError || each instanceof InvalidAdapterError) return each;
  }
  return new LawBrokenError(`a run of the loop failed: ${describe(error)}`, error);
}
