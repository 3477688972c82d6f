import { type BuiltInEvents, type Chooser, type Exploration, explore, type Failure } from '@escapement/explore';
import { MemoryHandler } from '@escapement/streams/memory';
import { SyncHandler } from '@escapement/sync';
import {
  type CoreEvent,
  type Coroutine,
  type EventHandler,
  type LoopEvent,
  pause,
  SleepHandler,
  type Task,
  type Waiter,
} from 'escapement';

/** What the programs here may wait for. */
export type Played = CoreEvent | BuiltInEvents;

/** Checks at its end what must hold whatever the order, and whoever was cancelled. */
export type Program = (run: Exploration) => Coroutine<void, Played>;

export type Programs = Readonly<Record<string, Program>>;

/** Lets up to so many steps of others pass. */
export function* steps(run: Exploration, most: number): Coroutine<void, Played> {
  for (let left = run.choose(most + 1); left > 0; left--) yield* pause();
}

/** One of `victims`, or none, may be cancelled between any two steps. */
export function mayCancelOne(run: Exploration, victims: readonly Task[]): void {
  const chosen = run.choose(victims.length + 1);
  if (chosen > 0) run.mayCancel(victims[chosen - 1]!);
}

/** Everything that was armed in the handlers of the packages. */
const armed: Waiter<unknown>[] = [];

/** Notes what is armed. @returns what undoes that */
export function watchHandlers(): () => void {
  const undo = [SleepHandler, SyncHandler, MemoryHandler].map(({ prototype }) => {
    const { arm } = prototype as EventHandler;
    (prototype as EventHandler).arm = function (this: EventHandler, event: LoopEvent, waiter: Waiter<unknown>) {
      armed.push(waiter);
      arm.call(this, event as never, waiter as never);
    };
    return () => Object.assign(prototype, { arm });
  });
  return () => {
    for (const each of undo) each();
  };
}

export interface Extent {
  readonly runs: number;
  readonly seed: number;
  readonly strategy: 'random' | 'pct' | Chooser;
}

/** The program, which also fails if something is still armed when it has ended. */
export function leavesNothingArmed(program: Program): Program {
  return run => {
    armed.length = 0;
    run.check(() => {
      const left = armed.filter(waiter => !waiter.isSettled);
      if (left.length > 0) throw new Error(`${left.length} waits are left in handlers`);
    });
    return program(run);
  };
}

/** Explores `program`, which must leave nothing armed. */
export async function failureOf(name: string, program: Program, extent: Extent): Promise<Failure | undefined> {
  return (await explore(leavesNothingArmed(program), { ...extent, name })).failure;
}
