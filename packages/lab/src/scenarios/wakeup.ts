import {
  type Coroutine,
  type Duration,
  EventHandler,
  handlerModule,
  type Instant,
  LoopEvent,
  type Waiter,
  type Wakeup,
} from 'escapement';
import { type Random, seededRandom } from '../statistics/random.js';
import type { StrategySubject } from '../subjects/subject.js';
import { clock, startThread } from './other-thread.js';
import { defineScenario, type Measurement } from './scenario.js';

/** The mean time from an order to the ring, in milliseconds: so long that the loop is asleep. */
const SILENCE: Duration = 0.5;

/** How soon a loop resumes a task when another thread wakes it. */
export const wakeup = defineScenario({
  name: 'wakeup',
  title: 'Another thread wakes the loop (one thread, one task)',
  samples: 'latency',
  explanation:
    'From the moment in which the other thread requests the wakeup until the task runs. The thread rings at random, while the loop is asleep.',
  parameter: {
    name: 'silence',
    unit: 'ms',
    values: [SILENCE, 10],
    quick: [SILENCE],
    warmUp: SILENCE,
    check: silence => (silence >= 0.1 && silence <= 10_000 ? undefined : 'expected 0.1 to 10000 ms'),
    leastMs: silence => silence,
  },
  measures: ['strategy'],
  refuses: subject => {
    if (!('SharedArrayBuffer' in globalThis)) return 'it needs shared memory, which only an isolated page has';
    return subject.kind === 'strategy' && subject.waits === 'jumps' ? 'it ignores other threads' : undefined;
  },
  prepare: (subject, silence) => rung(subject as StrategySubject, silence),
});

/** Words of the memory that both threads share; the time is in words 2 and 3. */
const ORDER = 0;
const RUNG = 1;

/** Waits for an order, which says in microseconds when to ring; notes the time of the ring, and wakes the loop. */
const RINGER = `
receive(({ words, times, loop }) => {
  const silence = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    Atomics.wait(words, ${ORDER}, 0);
    const micros = Atomics.exchange(words, ${ORDER}, 0);
    Atomics.wait(silence, 0, 0, micros / 1000);
    times[1] = clock();
    Atomics.store(words, ${RUNG}, 1);
    Atomics.store(loop, 0, 1);
    Atomics.notify(loop, 0);
  }
});`;

/** The other thread rings; the value is when it did, by the `clock` that threads share. */
class Ring extends LoopEvent<Instant> {
  override get kind() {
    return 'ring' as const;
  }

  /** @param silence before it, in milliseconds */
  constructor(readonly silence: Duration) {
    super();
  }
}

/** Gives the orders, and finds the rings. One wait at a time. */
class RingHandler extends EventHandler<Ring> {
  override readonly handles = Ring;
  readonly #memory = new SharedArrayBuffer(16);
  readonly #words = new Int32Array(this.#memory);
  readonly #times = new Float64Array(this.#memory);
  #waiter: Waiter<Instant> | undefined;
  #isTold = false;

  /**
   * @param tell hands the memory to the thread that runs `RINGER`
   * @param spins whether the strategy never asks for wakeups
   */
  constructor(
    private readonly tell: (memory: object) => void,
    private readonly spins: boolean,
  ) {
    super();
  }

  override arm({ silence }: Ring, waiter: Waiter<Instant>): void {
    this.#waiter = waiter;
    if (this.spins) this.#tell(new SharedArrayBuffer(4));
    Atomics.store(this.#words, RUNG, 0);
    Atomics.store(this.#words, ORDER, Math.max(1, Math.round(silence * 1000)));
    Atomics.notify(this.#words, ORDER);
  }

  override disarm(): void {
    this.#waiter = undefined;
  }

  override poll(): void {
    if (this.#waiter === undefined || Atomics.load(this.#words, RUNG) === 0) return;
    this.#waiter.resolve(this.#times[1]!);
    this.#waiter = undefined;
  }

  override inFlight(): number {
    return this.#waiter === undefined ? 0 : 1;
  }

  override beforeSleep(wakeup: Wakeup): void {
    this.#tell(wakeup.share());
  }

  #tell(loop: SharedArrayBuffer): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.tell({ words: this.#words, times: this.#times, loop: new Int32Array(loop) });
  }
}

async function rung(subject: StrategySubject, silence: Duration): Promise<Measurement> {
  const tell = await startThread(RINGER);
  const loop = subject.createLoop(handlerModule(() => new RingHandler(tell, subject.waits === 'spins')));
  return async ({ budget, mostSamples, seed, measured }) => {
    const random = seededRandom(seed);
    // Before the first ring, the thread has to hear of the memory.
    await loop.run(rings(new Float64Array(1), silence, random));
    const samplesUs = new Float64Array(Math.max(1, Math.min(mostSamples, Math.floor(budget / silence))));
    await measured(() => loop.run(rings(samplesUs, silence, random)));
    return { samplesUs };
  };
}

/** The silence is random, from half to one and a half of its mean, so that it is in step with nothing. */
function* rings(samplesUs: Float64Array, silence: Duration, random: Random): Coroutine<void, Ring> {
  for (let n = 0; n < samplesUs.length; n++) {
    const at = yield* new Ring(silence * (0.5 + random()));
    samplesUs[n] = (clock() - at) * 1000;
  }
}
