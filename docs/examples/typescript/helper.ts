import {
  busyWaitModule,
  type Coroutine,
  createLoop,
  type LoopEvent,
  now,
  sleep,
  sleepModule,
  type Yieldable,
} from 'escapement';

// Takes a coroutine or an event. Its own type is inferred: the events of `body`, and `Now`.
function* timed<T, E extends LoopEvent>(what: string, body: Yieldable<T, E>) {
  const start = yield* now();
  const value = yield* body;
  console.log(`${what} took ${((yield* now()) - start).toFixed(1)} ms`);
  return value;
}

const loop = createLoop(busyWaitModule, sleepModule);
loop.runSync(timed('a nap', sleep(5)));

// Forgets which events they are, so that no loop can know that it handles them all.
function* forgetful<T>(body: Yieldable<T, LoopEvent>) {
  return yield* body;
}

// Does not take an event, which is no generator.
function* picky<T, E extends LoopEvent>(body: Coroutine<T, E>) {
  return yield* body;
}

export const mistakes = [
  // @ts-expect-error no module of this loop handles LoopEvent
  () => loop.runSync(forgetful(sleep(5))),
  // @ts-expect-error a SleepFor is no Coroutine
  () => loop.runSync(picky(sleep(5))),
];
