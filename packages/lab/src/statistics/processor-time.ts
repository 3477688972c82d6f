import type { Duration } from 'escapement';

/** The processor time of the whole process during one or more spans of time. */
export class ProcessorTime {
  #used: Duration = 0;
  #elapsed: Duration = 0;

  /** Adds the time during which `work` runs. */
  async during(work: () => Promise<void>): Promise<void> {
    const start = performance.now();
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    this.#used += (user + system) / 1000;
    this.#elapsed += performance.now() - start;
  }

  /** The wall time of all that was measured, in ms. */
  get elapsed(): Duration {
    return this.#elapsed;
  }

  /** 100 is one busy core; all threads of the process count. */
  get percent(): number {
    return (100 * this.#used) / this.#elapsed;
  }
}
