import { readdirSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import {
  EpollSelector,
  EpollStrategy,
  IoHandler,
  PollSelector,
  readable,
  type Selector,
  writable,
} from '@escapement/io';
import { close, pipe, read, send, WOULD_BLOCK, write } from '@escapement/posix';
import { expect } from 'chai';
import {
  AtomicsWaitStrategy,
  BusyWaitStrategy,
  type Clock,
  EventLoop,
  type Instrument,
  type LoopOptions,
  PerformanceClock,
  SetTimeoutStrategy,
  SleepHandler,
  type SleepStrategy,
  sleep,
} from 'escapement';
import { openDescriptors } from '../support/descriptors.js';

type StrategyMaker = (clock: Clock, selector: Selector) => SleepStrategy;

export const strategies: Readonly<Record<string, StrategyMaker>> = {
  'busy-wait': clock => new BusyWaitStrategy(clock),
  'atomics-wait': clock => new AtomicsWaitStrategy(clock),
  'set-timeout': clock => new SetTimeoutStrategy(clock),
  epoll: (clock, selector) => new EpollStrategy(clock, selector),
};

export const selectors: Readonly<Record<string, new () => Selector>> = { epoll: EpollSelector, poll: PollSelector };

export interface Counts {
  sleeps: number;
  /** The longest sleep that the loop wanted lately. */
  longest: number;
}

/** A loop that counts its sleeps, with its parts. */
export function ioLoop(
  strategyName: string,
  Kind: new () => Selector = EpollSelector,
  { instruments = [], handlers = [] }: Pick<LoopOptions, 'instruments' | 'handlers'> = {},
) {
  const selector = new Kind();
  const strategy = strategies[strategyName]!(new PerformanceClock(), selector);
  const handler = new IoHandler(selector);
  const counts: Counts = { sleeps: 0, longest: 0 };
  const counter: Instrument = {
    sleepStarted: until => {
      counts.sleeps++;
      counts.longest = Math.max(counts.longest, until - strategy.clock.now());
    },
  };
  const loop = new EventLoop({
    strategy,
    handlers: [handler, new SleepHandler(strategy.clock), ...handlers],
    instruments: [counter, ...instruments],
  });
  return { loop, handler, selector, counts };
}

/** Each strategy with each selector. */
export function forEachPair(define: (strategy: string, Kind: new () => Selector) => void): void {
  for (const strategy of Object.keys(strategies)) {
    for (const [name, Kind] of Object.entries(selectors)) {
      describe(`io: ${strategy} with the ${name} selector`, () => define(strategy, Kind));
    }
  }
}

const buffer = new Uint8Array(4096);

/** Waits for data and reads it. @returns how many bytes */
export function* readSome(fd: number) {
  let count = read(fd, buffer);
  while (count === WOULD_BLOCK) {
    yield* readable(fd);
    count = read(fd, buffer);
  }
  return count;
}

export function* sendAll(fd: number, bytes: Uint8Array) {
  let rest = bytes;
  while (rest.length > 0) {
    const count = send(fd, rest);
    if (count === WOULD_BLOCK) yield* writable(fd);
    else rest = rest.subarray(count);
  }
}

/** Fills the pipe until a write would block. */
export function fill(fd: number): void {
  while (write(fd, buffer) !== WOULD_BLOCK);
}

export function drain(fd: number): void {
  while (read(fd, buffer) > 0);
}

/** Waits until the watching thread is up: from then on the loop sleeps for long. Another task has to wait for a descriptor meanwhile. */
export function* settleDown(counts: Counts) {
  // The first sleep of a run knows nothing of threads. On a slow machine it may be over before it begins.
  do {
    counts.longest = 0;
    yield* sleep(1);
  } while (counts.longest <= 0);
  for (let n = 0; n < 200; n++) {
    counts.longest = 0;
    const before = counts.sleeps;
    yield* sleep(30);
    // Only a strategy that spins sleeps more often than that.
    if (counts.longest > 5 || counts.sleeps - before > 200) return;
  }
}

export const byte = new Uint8Array(1);

export function threads(): number {
  return readdirSync('/proc/self/task').length;
}

/** The host frees the descriptors of a thread that has exited in a turn of its own. */
export async function eventually(holds: () => boolean, what: string): Promise<void> {
  const start = performance.now();
  while (!holds()) {
    if (performance.now() - start > 30_000) expect.fail(`not within half a minute: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

/**
 * The surrounding tests leave no descriptor and no thread behind.
 *
 * @returns waits until the threads of earlier tests have ended: until then they open and close files, and take numbers that a
 *   test means to use again
 */
export function givingBackAll(): () => Promise<void> {
  let fds: number;
  let tasks: number;
  before(async () => {
    // The host starts its own threads on first use: four for files alone.
    await stat('/');
    const { loop } = ioLoop('set-timeout');
    await loop.run(function* () {
      const { reader, writer } = pipe();
      const late = sleep(100);
      yield* late;
      write(writer, byte);
      yield* readable(reader);
      close(reader);
      close(writer);
    });
    await new Promise(resolve => setTimeout(resolve, 200));
    fds = openDescriptors();
    tasks = threads();
  });
  after(async function () {
    this.timeout(90_000);
    // The host keeps a spare descriptor from its first pipe or socket on.
    await eventually(() => openDescriptors() <= fds + 1, `${openDescriptors()} descriptors, ${fds} before`);
    await eventually(() => threads() <= tasks, `${threads()} threads, ${tasks} before`);
  });
  return () => eventually(() => threads() <= tasks, 'the threads of earlier tests have ended');
}
