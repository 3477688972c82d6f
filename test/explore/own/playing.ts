import { SeededRandomPolicy } from '@escapement/policies';
import { MemoryHandler, type MemoryReady } from '@escapement/streams/memory';
import { type SyncEvent, SyncHandler } from '@escapement/sync';
import { VirtualClock, VirtualTimeStrategy } from '@escapement/virtual-time';
import {
  type CoreEvent,
  type Coroutine,
  chosenOrder,
  type EventHandler,
  EventLoop,
  type LoopEvent,
  pause,
  runningTask,
  type Sleep,
  type SleepFor,
  SleepHandler,
  sleep,
  type Task,
  type Waiter,
} from 'escapement';

/** What the programs here may wait for. */
export type Played = CoreEvent | MemoryReady | Sleep | SleepFor | SyncEvent;

export type Program = () => Coroutine<void, Played>;

/** A choice of the exploration: a whole number from 0 to `count - 1`. */
export function below(count: number): number {
  return chosenOrder(runningTask()!, count)?.[0] ?? 0;
}

/** Lets up to so many steps of others pass. */
export function* steps(most: number): Coroutine<void, Played> {
  for (let left = below(most + 1); left > 0; left--) yield* pause();
}

/** Cancels one of `victims` at some boundary between two steps, or none. */
export function* cancelling(victims: readonly Task[], mostSteps = 10, mostTime = 0): Coroutine<void, Played> {
  const victim = victims[below(victims.length + 1)];
  if (mostTime > 0) yield* sleep(below(mostTime + 1));
  yield* steps(mostSteps);
  victim?.cancel('injected');
}

/** Runs `program` in the order that `seed` chooses. @throws also if something is left when it has ended */
export function play(program: Program, seed: number): void {
  const armed: Waiter<never>[] = [];
  const clock = new VirtualClock();
  const open = new Set<Task>();
  const loop = new EventLoop({
    strategy: new VirtualTimeStrategy(clock),
    policy: new SeededRandomPolicy({ seed }),
    handlers: [
      counting(new SleepHandler(clock), armed),
      counting(new SyncHandler(), armed),
      counting(new MemoryHandler(), armed),
    ],
    instruments: [
      {
        taskSpawned: task => open.add(task),
        taskEnded: task => open.delete(task),
        warned: ({ code, message }) => {
          throw new Error(`${code}: ${message}`);
        },
      },
    ],
  });
  loop.runSync(program as () => Coroutine<void, never>);
  const left = armed.filter(waiter => !waiter.isSettled);
  if (left.length > 0) throw new Error(`${left.length} waits are left in handlers`);
  if (open.size > 0) throw new Error(`tasks are left: ${[...open].map(({ name }) => name)}`);
}

function counting<H extends EventHandler<LoopEvent>>(handler: H, armed: Waiter<never>[]): H {
  const arm = handler.arm.bind(handler);
  handler.arm = (event: LoopEvent, waiter: Waiter<never>) => {
    armed.push(waiter);
    arm(event as never, waiter as never);
  };
  return handler;
}
