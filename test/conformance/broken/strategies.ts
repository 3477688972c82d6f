import { type StrategyAdapter, strategyLaws } from '@escapement/conformance';
import { type Clock, type Instant, SleepStrategy, type Waits, type Wakeup } from '@escapement/core';
import { AtomicsWaitStrategy, SetTimeoutStrategy } from '@escapement/strategies';
import { VirtualClock, VirtualTimeStrategy } from '@escapement/virtual-time';
import { type Broken, leftRunning } from './zoo.js';

function spin(duration: number): void {
  for (const end = performance.now() + duration; performance.now() < end; );
}

// In front of the shipped strategies, which are sound.

class Renames extends AtomicsWaitStrategy {
  override readonly alias = `sleep-${Math.random()}` as 'atomics-wait';
}

class RefusesThePast extends AtomicsWaitStrategy {
  override sleep(until: Instant, wakeup: Wakeup): void {
    // "Nobody sleeps backwards": a millisecond, to be safe.
    super.sleep(Math.max(until, this.clock.now() + 80), wakeup);
  }
}

class ClearsFirst extends AtomicsWaitStrategy {
  override sleep(until: Instant, wakeup: Wakeup): void {
    wakeup.clear();
    super.sleep(until, wakeup);
  }
}

class ClearsAfterALook extends AtomicsWaitStrategy {
  override sleep(until: Instant, wakeup: Wakeup): void {
    if (wakeup.requested) return;
    // What a strategy has to prepare takes its time.
    spin(1);
    wakeup.clear();
    super.sleep(until, wakeup);
  }
}

class Deaf extends AtomicsWaitStrategy {
  readonly #own = new Int32Array(new SharedArrayBuffer(4));
  override sleep(until: Instant, wakeup: Wakeup): void {
    const duration = until - this.clock.now();
    if (duration > 0 && !wakeup.requested) Atomics.wait(this.#own, 0, 0, duration);
  }
}

class Int32Durations extends AtomicsWaitStrategy {
  override sleep(until: Instant, wakeup: Wakeup): void {
    const duration = (until - this.clock.now()) | 0;
    if (duration > 0) Atomics.wait(wakeup.word, 0, 0, duration);
  }
}

class ClearsAfterwards extends AtomicsWaitStrategy {
  override sleep(until: Instant, wakeup: Wakeup): void {
    super.sleep(until, wakeup);
    if (wakeup.requested) wakeup.clear();
  }
}

class Sixtieths extends AtomicsWaitStrategy {
  override sleep(until: Instant, wakeup: Wakeup): void {
    // In whole frames of a screen.
    super.sleep(until + 16.7, wakeup);
  }
}

class HostsClock extends AtomicsWaitStrategy {
  override sleep(until: Instant, wakeup: Wakeup): void {
    const duration = until - performance.now();
    if (duration > 0) Atomics.wait(wakeup.word, 0, 0, duration);
  }
}

class TimeOfDay extends AtomicsWaitStrategy {
  override sleep(until: Instant, wakeup: Wakeup): void {
    const duration = until - Date.now();
    if (duration > 0) Atomics.wait(wakeup.word, 0, 0, duration);
  }
}

class TimeoutByTimeOfDay extends SetTimeoutStrategy {
  override sleep(until: Instant, wakeup: Wakeup): Promise<void> {
    return super.sleep(this.clock.now() + Math.max(0, until - Date.now()), wakeup);
  }
}

class TakesInstants extends AtomicsWaitStrategy {
  override sleep(until: Instant, wakeup: Wakeup): void {
    Atomics.wait(wakeup.word, 0, 0, until);
  }
}

class OnceOnly extends AtomicsWaitStrategy {
  #word: Int32Array | undefined;
  #isClosed = false;
  override sleep(until: Instant, wakeup: Wakeup): void {
    this.#word ??= wakeup.word;
    if (this.#isClosed) throw new Error('closed');
    super.sleep(until, wakeup);
  }
  override close(): void {
    this.#isClosed = true;
  }
}

/** The one that says what it does. */
abstract class Says extends SleepStrategy {
  override readonly alias: string = 'says';
  constructor(override readonly clock: Clock) {
    super();
  }
}

class SaysItBlocks extends Says {
  override readonly waits: Waits = 'blocks';
  override sleep(until: Instant, wakeup: Wakeup): void {
    while (this.clock.now() < until && !wakeup.requested);
  }
}

class SaysItSpins extends Says {
  override readonly waits: Waits = 'spins';
  override sleep(until: Instant, wakeup: Wakeup): void {
    Atomics.wait(wakeup.word, 0, 0, Math.min(20, Math.max(0, until - this.clock.now())));
  }
}

class SaysItYields extends Says {
  override readonly waits: Waits = 'yields';
  override async sleep(until: Instant, wakeup: Wakeup): Promise<void> {
    Atomics.wait(wakeup.word, 0, 0, Math.max(0, until - this.clock.now()));
  }
}

class BlocksByPromise extends Says {
  override readonly waits: Waits = 'blocks';
  override async sleep(until: Instant, wakeup: Wakeup): Promise<void> {
    Atomics.wait(wakeup.word, 0, 0, Math.max(0, until - this.clock.now()));
  }
}

class ReturnsAtOnce extends Says {
  override readonly waits: Waits = 'blocks';
  override sleep(): void {}
}

/** A `setTimeout` in the way that one writes it first. */
abstract class Timeout extends Says {
  override readonly waits: Waits = 'yields';
  protected start(callback: () => void, delay: number): NodeJS.Timeout {
    return setTimeout(callback, delay);
  }
  override sleep(until: Instant, wakeup: Wakeup): Promise<void> {
    return new Promise(resolve => {
      const delay = wakeup.requested ? 0 : Math.min(Math.max(0, Math.ceil(until - this.clock.now())), this.longest);
      const timer = this.start(() => {
        unwatch();
        resolve();
      }, delay);
      const unwatch = this.watch(wakeup, () => {
        clearTimeout(timer);
        unwatch();
        resolve();
      });
    });
  }
  protected get longest(): number {
    return 2 ** 31 - 1;
  }
  protected watch(wakeup: Wakeup, wake: () => void): () => void {
    return wakeup.watch(wake);
  }
}

export class SoundTimeout extends Timeout {}

class Overflows extends Timeout {
  protected override get longest(): number {
    return Infinity;
  }
  protected override start(callback: () => void, delay: number): NodeJS.Timeout {
    // What Node does, without the warning.
    return super.start(callback, delay > 2 ** 31 - 1 ? 1 : delay);
  }
}

class Unreferenced extends Timeout {
  protected override start(callback: () => void, delay: number): NodeJS.Timeout {
    return super.start(callback, delay).unref();
  }
}

class HearsOthersOnly extends Timeout {
  protected override watch(wakeup: Wakeup, wake: () => void): () => void {
    // As a poll of the word would: what its own thread requests is noticed at the next one.
    const timer = setInterval(() => wakeup.requested && wake(), 130);
    return () => clearInterval(timer);
  }
}

class WatchesOn extends Timeout {
  protected override watch(wakeup: Wakeup, wake: () => void): () => void {
    super.watch(wakeup, wake);
    return () => {};
  }
}

class Ticks extends Timeout {
  override sleep(until: Instant, wakeup: Wakeup): Promise<void> {
    // For the next sleep, perhaps.
    const timer = setTimeout(() => {}, 60_000);
    leftRunning.push(() => clearTimeout(timer));
    return super.sleep(until, wakeup);
  }
}

class SoonByMicrotask extends SetTimeoutStrategy {
  override sleep(until: Instant, wakeup: Wakeup): Promise<void> {
    if (until <= this.clock.now()) return Promise.resolve();
    return super.sleep(until, wakeup);
  }
}

class Overshoots extends VirtualTimeStrategy {
  override sleep(until: Instant, wakeup: Wakeup): void {
    super.sleep(Math.ceil(until), wakeup);
  }
}

class ReturnsTheResult extends AtomicsWaitStrategy {
  override sleep(until: Instant, wakeup: Wakeup): undefined {
    const duration = Math.max(0, until - this.clock.now());
    // As a plugin in JavaScript would.
    return Atomics.wait(wakeup.word, 0, 0, duration) as unknown as undefined;
  }
}

class NamesWhatItDoesNotUse extends AtomicsWaitStrategy {
  override readonly sleepsIn = { isReady: false };
}

const strategy = (
  mistake: string,
  breaks: string,
  make: (clock: Clock) => SleepStrategy,
  also: readonly string[] = [],
  rest: Partial<StrategyAdapter> = {},
): Broken => ({
  mistake,
  breaks,
  also,
  laws: runner => strategyLaws(runner, { strategy: make, ...rest }, { seed: 1 }),
});

export const strategies: readonly Broken[] = [
  strategy('has another alias each time', 'S1', clock => new Renames(clock)),
  strategy('sleeps for a while also when the deadline has passed', 'S2', clock => new RefusesThePast(clock), ['S9']),
  strategy('clears the wakeup before it sleeps', 'S3', clock => new ClearsFirst(clock), ['S6', 'S8']),
  strategy('looks for requests of its own thread now and then', 'S4', clock => new HearsOthersOnly(clock), [
    'S5',
    'S7',
    'S10',
    'S18',
    'S19',
  ]),
  strategy('waits for a word of its own', 'S5', clock => new Deaf(clock), ['S6', 'S7', 'S10', 'S18', 'S19']),
  {
    ...strategy('clears the wakeup between its look and the sleep', 'S6', clock => new ClearsAfterALook(clock)),
    attempts: 10,
  },
  strategy('counts durations as 32-bit numbers', 'S7', clock => new Int32Durations(clock), ['S2', 'S11']),
  strategy('does nothing', 'S7', clock => new ReturnsAtOnce(clock), ['S9', 'S10', 'S11', 'S14', 'S18', 'S19']),
  strategy('clears the wakeup after the sleep', 'S8', clock => new ClearsAfterwards(clock), [
    'S5',
    'S6',
    'S7',
    'S10',
    'S18',
    'S19',
  ]),
  strategy('goes on watching the wakeup', 'S8', clock => new WatchesOn(clock)),
  strategy('sleeps in whole frames', 'S9', clock => new Sixtieths(clock)),
  strategy('jumps to whole milliseconds', 'S9', () => new Overshoots(new VirtualClock())),
  strategy('lets the timers of the host overflow', 'S10', clock => new Overflows(clock)),
  strategy('counts on the clock of the host', 'S11', clock => new HostsClock(clock)),
  {
    ...strategy('counts on the time of day', 'S11', clock => new TimeOfDay(clock), [
      'S5',
      'S6',
      'S7',
      'S10',
      'S14',
      'S18',
      'S19',
    ]),
    says: /count on this.clock, not on Date.now/,
  },
  {
    ...strategy('counts its timeouts on the time of day', 'S11', clock => new TimeoutByTimeOfDay(clock), ['S14']),
    says: /count on this.clock, not on Date.now/,
  },
  {
    ...strategy('gives Atomics.wait the instant', 'S12', clock => new TakesInstants(clock), [
      'S2',
      'S8',
      'S9',
      'S11',
      'S13',
      'S14',
      'S18',
      'S19',
    ]),
    says: /went on \d+ ms past its deadline, until the kit woke it.* until - this.clock.now\(\)/,
  },
  strategy('returns what Atomics.wait returns', 'S12', clock => new ReturnsTheResult(clock), ['S13']),
  strategy('says that it spins, and blocks', 'S13', clock => new SaysItSpins(clock)),
  strategy('says that it yields, and blocks', 'S13', clock => new SaysItYields(clock), ['S15', 'S16']),
  strategy('says that it blocks, and returns a promise', 'S13', clock => new BlocksByPromise(clock), ['S12']),
  strategy('says that it blocks, and spins', 'S14', clock => new SaysItBlocks(clock)),
  strategy('does not let the host run when the deadline has passed', 'S15', clock => new SoonByMicrotask(clock)),
  strategy('does not keep the process alive', 'S16', clock => new Unreferenced(clock)),
  strategy('names a selector in which it does not sleep', 'S17', clock => new NamesWhatItDoesNotUse(clock), [], {
    makeReady: () => () => {},
  }),
  strategy('works until it is closed', 'S18', clock => new OnceOnly(clock)),
  strategy('leaves a timer running', 'S19', clock => new Ticks(clock)),
];
