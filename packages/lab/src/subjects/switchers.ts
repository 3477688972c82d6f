import { type Coroutine, createLoop, type Pause, pause, setTimeoutModule } from 'escapement';

/** Something that can give way and come back. */
export interface Switcher {
  readonly name: string;
  /** False if it is somebody else's and not there. */
  readonly isInstalled: boolean;
  /** Gives way `times` times, one after the other. */
  run(times: number): Promise<void>;
}

/** The loop's own ways, JavaScript's, and those of other libraries as far as they are installed. */
export async function switchers(): Promise<Switcher[]> {
  return [
    own('yield* pause()', pauses),
    own('yield* a coroutine that pauses', callsThatPause),
    native('await null', awaits),
    native('await an async function that awaits', callsThatAwait),
    await foreign('Effect: yieldNow', effectYields),
    await foreign('Effection: sleep(0), a host timer', effectionSleeps),
  ];
}

function own(name: string, program: (times: number) => Coroutine<void, Pause>): Switcher {
  const loop = createLoop(setTimeoutModule);
  return { name, isInstalled: true, run: times => loop.run(program(times)) };
}

function native(name: string, run: Switcher['run']): Switcher {
  return { name, isInstalled: true, run };
}

async function foreign(name: string, load: () => Promise<Switcher['run']>): Promise<Switcher> {
  try {
    return { name, isInstalled: true, run: await load() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    return { name, isInstalled: false, run: async () => {} };
  }
}

function* pauses(times: number): Coroutine<void, Pause> {
  for (let n = 0; n < times; n++) yield* pause();
}

function* callsThatPause(times: number): Coroutine<void, Pause> {
  for (let n = 0; n < times; n++) yield* pausing();
}

function* pausing(): Coroutine<void, Pause> {
  yield* pause();
}

async function awaits(times: number): Promise<void> {
  for (let n = 0; n < times; n++) await null;
}

async function callsThatAwait(times: number): Promise<void> {
  for (let n = 0; n < times; n++) await awaiting();
}

async function awaiting(): Promise<void> {
  await null;
}

async function effectYields(): Promise<Switcher['run']> {
  const Effect = await import('effect/Effect');
  return times =>
    Effect.runPromise(
      Effect.gen(function* () {
        for (let n = 0; n < times; n++) yield* Effect.yieldNow;
      }),
    );
}

async function effectionSleeps(): Promise<Switcher['run']> {
  const { run, sleep } = await import('effection');
  return async times => {
    await run(function* () {
      for (let n = 0; n < times; n++) yield* sleep(0);
    });
  };
}
