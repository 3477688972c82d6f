import { realDelay, realNow } from '../laws/host.js';
import { type HostThread, threadStarter } from '../laws/host-thread.js';

/** Words of the memory shared with the thread. */
const STATE = 0;
const DELAY = 1;
const ACKNOWLEDGED = 2;
const BEGUN = 3;
const HAS_WAITED = 4;
const [STARTING, IDLE, WORKING, QUITTING] = [0, 1, 2, 3];

/** How long the thread waits for an acknowledgement before it requests again, in milliseconds. */
export const RESCUE_AFTER = 700;

/** So many milliseconds after a request, a sleep that goes on has not heeded it. */
const LONG = 200;

/**
 * What the thread does for each order: after a delay it requests the wakeup. If that is not acknowledged for long, it was
 * lost: then it requests the wakeup again and again, so that the test fails instead of hanging.
 */
const CODE = `
  const serve = ({ word, control }) => {
    const idle = new Int32Array(new SharedArrayBuffer(4));
    const request = () => { Atomics.store(word, 0, 1); Atomics.notify(word, 0); };
    Atomics.store(control, ${STATE}, ${IDLE});
    Atomics.notify(control, ${STATE});
    for (;;) {
      Atomics.wait(control, ${STATE}, ${IDLE});
      if (Atomics.load(control, ${STATE}) === ${QUITTING}) return;
      const delay = Atomics.load(control, ${DELAY});
      Atomics.add(control, ${BEGUN}, 1);
      if (delay >= 1000) Atomics.wait(idle, 0, 0, delay / 1000);
      else for (const end = performance.now() + delay / 1000; performance.now() < end; );
      request();
      const isLeft = time => Atomics.wait(control, ${ACKNOWLEDGED}, 0, time) === 'timed-out';
      if (isLeft(${LONG})) {
        Atomics.store(control, ${HAS_WAITED}, 1);
        for (let n = 0; isLeft(n === 0 ? ${RESCUE_AFTER - LONG} : 50) && n < 100; n++) request();
      }
      Atomics.store(control, ${ACKNOWLEDGED}, 0);
      Atomics.compareExchange(control, ${STATE}, ${WORKING}, ${IDLE});
      Atomics.notify(control, ${STATE});
    }
  };`;

const NODE_CODE = `${CODE} serve(require('node:worker_threads').workerData);`;
const PAGE_CODE = `${CODE} onmessage = ({ data }) => serve(data);`;

/** Another thread that requests the wakeup on order. */
export class OtherThread {
  readonly #control = new Int32Array(new SharedArrayBuffer(20));
  #thread: HostThread | undefined;

  /** Why there can be no other thread; undefined if there can. */
  static unavailable(): string | undefined {
    if (typeof SharedArrayBuffer === 'undefined') return 'this host has no shared memory';
    return threadStarter(NODE_CODE, PAGE_CODE) === undefined
      ? 'this host has no threads that the kit knows'
      : undefined;
  }

  /** Starts it. @param memory what `Wakeup.share()` returned */
  static async start(memory: SharedArrayBuffer): Promise<OtherThread> {
    const other = new OtherThread();
    other.#thread = threadStarter(NODE_CODE, PAGE_CODE)!({ word: new Int32Array(memory), control: other.#control });
    while (Atomics.load(other.#control, STATE) === STARTING) await realDelay(1);
    return other;
  }

  /** Lets it request the wakeup in so many microseconds. Call `acknowledge` after each. */
  requestIn(microseconds: number): void {
    Atomics.store(this.#control, DELAY, Math.round(microseconds));
    // It is nearly always idle by now; the main thread of a page must not wait.
    while (Atomics.compareExchange(this.#control, STATE, IDLE, WORKING) !== IDLE);
    Atomics.notify(this.#control, STATE);
  }

  /** As `requestIn`, and returns when the thread has begun to count: then both sides are exact to a microsecond. */
  requestInStep(microseconds: number): void {
    const before = Atomics.load(this.#control, BEGUN);
    this.requestIn(microseconds);
    for (const end = realNow() + 5; Atomics.load(this.#control, BEGUN) === before && realNow() < end; );
  }

  /** Whether the last request was not acknowledged for long. */
  get hasWaited(): boolean {
    return Atomics.exchange(this.#control, HAS_WAITED, 0) === 1;
  }

  /** The request has ended the sleep, or the test has noticed that it did not. */
  acknowledge(): void {
    Atomics.store(this.#control, ACKNOWLEDGED, 1);
    Atomics.notify(this.#control, ACKNOWLEDGED);
  }

  end(): void {
    Atomics.store(this.#control, STATE, QUITTING);
    Atomics.notify(this.#control, STATE);
    this.acknowledge();
    this.#thread?.end();
  }
}
