import type { Wakeup } from '@escapement/core';
import { isDebugged, realDelay, realNow } from './host.js';
import { type HostThread, threadStarter } from './host-thread.js';

/** So many milliseconds a law may take: one that waits on counts as broken. */
export const LONGEST_LAW = 30_000;

/** In milliseconds. */
const TICK = 100;
/** So long after its end a sleep is woken. */
const GRACE = 1500;
/** A sleep that such a request does not end, and a law that blocks the thread for so long, never end. */
const STUBBORN = 2000;
const LONGEST_BLOCK = LONGEST_LAW + 10_000;
/** As the end of a sleep without a deadline counts this: the kit requests the wakeup long before. */
const LONGEST_SLEEP = 1000;

/** Words of the memory shared with the thread. A law or a sleep goes on while its word is odd. */
const [READY, LAW, SLEEP, LIMIT, HAS_WOKEN] = [0, 1, 2, 3, 4] as const;

const ADVICE = 'Does it wait for another word than wakeup.word, or loop without a look at wakeup.requested?';

/** Counts ticks, not time: on a machine that is busy or suspended, both threads have got as little. */
const CODE = `
  const guard = (control, end) => {
    const ages = {};
    const ageOf = index => {
      const count = Atomics.load(control, index);
      if (ages[index]?.count !== count) ages[index] = { count, time: 0 };
      return count % 2 === 0 ? -Infinity : (ages[index].time += ${TICK});
    };
    const state = { law: '', word: undefined };
    setInterval(() => {
      const late = ageOf(${SLEEP}) - Atomics.load(control, ${LIMIT}) - ${GRACE};
      const age = ageOf(${LAW});
      if (late > 0) {
        Atomics.store(control, ${HAS_WOKEN}, 1);
        if (state.word !== undefined) {
          Atomics.store(state.word, 0, 1);
          Atomics.notify(state.word, 0);
        }
      }
      if (late > ${STUBBORN}) end(state.law + '\\nis broken: sleep() goes on ' + (late + ${GRACE}) + ' ms after its end, and a request of the wakeup does not end it. ${ADVICE}');
      else if (age > ${LONGEST_BLOCK}) end(state.law + '\\nis broken: the plugin has blocked the thread for ' + age + ' ms. Does a method of it wait, or loop for ever?');
    }, ${TICK});
    Atomics.store(control, ${READY}, 1);
    return state;
  };`;

/** A thread cannot end its process otherwise: `process.exit` would end the thread. */
const NODE_CODE = `${CODE}
  const { parentPort, workerData } = require('node:worker_threads');
  const state = guard(workerData, message => {
    require('node:fs').writeSync(2, '\\n@escapement/conformance ends the process, because nothing else ends this test.\\n' + message + '\\n');
    process.kill(process.pid, 'SIGKILL');
  });
  parentPort.on('message', news => Object.assign(state, news));`;

const PAGE_CODE = `${CODE}
  let state;
  onmessage = ({ data }) => {
    if (state !== undefined) Object.assign(state, data);
    else state = guard(data, message => console.error(message));
  };`;

/**
 * Sees to it that every law ends, from a thread of its own. It wakes a sleep that goes on past its end; if nothing helps, it
 * says which law it was and ends the process, since nothing else can end a thread that blocks.
 */
class Watchdog {
  readonly #control = new Int32Array(new SharedArrayBuffer(20));
  readonly #thread: HostThread;
  #word: Int32Array | undefined;

  private constructor(start: (control: Int32Array) => HostThread) {
    this.#thread = start(this.#control);
  }

  /** Undefined if this host has no threads. */
  static async start(): Promise<Watchdog | undefined> {
    const starter = threadStarter(NODE_CODE, PAGE_CODE);
    if (starter === undefined) return undefined;
    const watchdog = new Watchdog(starter);
    // At first it takes CPU time, which laws measure.
    for (const end = realNow() + 5000; !watchdog.#isReady && realNow() < end; ) await realDelay(2);
    return watchdog;
  }

  get #isReady(): boolean {
    return Atomics.load(this.#control, READY) === 1;
  }

  lawBegins(law: string): void {
    this.#thread.postMessage({ law });
    Atomics.add(this.#control, LAW, 1);
  }

  lawEnds(): void {
    Atomics.add(this.#control, LAW, 1);
  }

  sleepBegins(word: Int32Array, duration: number): void {
    if (word !== this.#word) this.#thread.postMessage({ word });
    this.#word = word;
    Atomics.store(this.#control, LIMIT, Math.max(0, Math.min(duration, LONGEST_SLEEP)));
    Atomics.add(this.#control, SLEEP, 1);
  }

  /** @returns whether it had to be woken */
  sleepEnds(): boolean {
    Atomics.add(this.#control, SLEEP, 1);
    return Atomics.exchange(this.#control, HAS_WOKEN, 0) === 1;
  }
}

let started: Promise<Watchdog | undefined> | undefined;
let watching: Watchdog | undefined;

/** Watches over a law, until you call what it returns. Not on a host without threads, nor while a debugger is attached. */
export async function watchOver(law: string): Promise<() => void> {
  started ??= Watchdog.start();
  const watchdog = isDebugged() ? undefined : await started;
  watching = watchdog;
  watchdog?.lawBegins(law);
  return () => watchdog?.lawEnds();
}

/**
 * Watches over a call of `sleep` that is to take `duration` milliseconds at most; wakes it if it goes on for long after that.
 * @returns what to call when it has returned: this returns whether it was woken
 */
export function watchSleep({ word }: Wakeup, duration: number): () => boolean {
  const watchdog = watching;
  watchdog?.sleepBegins(word, duration);
  return () => watchdog?.sleepEnds() ?? false;
}
