import { resolved } from '@escapement/promises';
import { promiseModule } from '@escapement/promises/module';
import * as escapement from 'escapement';
import {
  Container,
  createLoop,
  hybrid,
  type LoopModule,
  now,
  phased,
  SleepStrategy,
  setTimeoutModule,
  sleep,
  sleepModule,
  sleepUntil,
  spawn,
} from 'escapement';

const MODULES = {
  ...escapement,
  hybridOverTimeouts: hybrid({ coarse: setTimeoutModule }),
  phasedOverTimeouts: phased({ coarse: setTimeoutModule }),
};

/** What a strategy does here. Durations in milliseconds. */
export interface Waited {
  readonly alias: string;
  readonly waits: string;
  readonly isIsolated: boolean;
  /** Of sleeps of 0.3, 3, 8 and 20 ms. */
  readonly lateness: readonly number[];
  /** The tasks in the order in which they woke up. */
  readonly order: string;
  /** How often a timer of the host fired meanwhile. */
  readonly hostTurns: number;
  /** What came by a promise of the host, if it may run. */
  readonly promised: string | undefined;
}

export async function main(name: keyof typeof MODULES): Promise<Waited> {
  const module = MODULES[name] as LoopModule;
  const container = new Container({ defaultScope: 'Singleton' });
  container.load(module);
  const { alias, waits } = container.get(SleepStrategy);
  let hostTurns = 0;
  const timer = setInterval(() => hostTurns++, 1);
  const lateness: number[] = [];
  const order: string[] = [];
  await createLoop(module, sleepModule).run(function* () {
    for (const duration of [0.3, 3, 8, 20]) {
      const start = yield* now();
      yield* sleep(duration);
      lateness.push((yield* now()) - start - duration);
    }
    // By one start, later than the first step of each: the machine may halt the page between two of them.
    const start = (yield* now()) + 200;
    for (const duration of [9, 2, 5]) {
      yield* spawn(function* () {
        yield* sleepUntil(start + duration);
        order.push(`${duration}`);
      });
    }
  });
  clearInterval(timer);
  const isIsolated = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true;
  const promised = waits === 'yields' ? await wakeByPromise(module) : undefined;
  return { alias, waits, isIsolated, lateness, order: order.join(' '), hostTurns, promised };
}

/** A promise ends a sleep of the loop that would take an hour. */
function wakeByPromise(module: LoopModule): Promise<string> {
  return createLoop(module, sleepModule, promiseModule).run(function* () {
    const hour = yield* spawn(sleep(3_600_000));
    const value = yield* resolved(new Promise<string>(resolve => setTimeout(() => resolve('kept'), 10)));
    hour.cancel();
    return value;
  });
}
