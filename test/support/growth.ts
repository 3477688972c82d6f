import { expect } from 'chai';
import { type Coroutine, scope } from 'escapement';
import { collect } from './descriptors.js';

// biome-ignore lint/suspicious/noExplicitAny: programs of any events
type Program = Coroutine<any, any>;

/** Everything to which something is added and from which something is removed, `n` times. */
export type Structures = Readonly<Record<string, (n: number) => Program>>;

/** Runs a program in a loop of its own, or in the same loop each time. */
export type Run = (program: () => Program) => unknown;

export const ROUNDS = Number(process.env.GROWTH_ROUNDS ?? 5_000);
const MANY = 40_000;
const MOST_MILLISECONDS = 1500;

/** Milliseconds of CPU time, which other work on the machine hardly changes. */
async function cpuTimeOf(run: Run, program: () => Program): Promise<number> {
  const before = process.cpuUsage();
  await run(program);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Tests of each structure: its time is not quadratic, and it leaves nothing in memory. Most take 50 to 300 ms for `MANY`. */
export function describeGrowth(structures: Structures, newRun: () => Run): void {
  for (const [name, structure] of Object.entries(structures)) {
    it(`of ${name} is not quadratic in time`, async () => {
      let least = Infinity;
      for (let attempt = 0; attempt < 3 && least > MOST_MILLISECONDS; attempt++) {
        least = Math.min(least, await cpuTimeOf(newRun(), () => structure(MANY)));
      }
      expect(least, 'milliseconds').to.be.below(MOST_MILLISECONDS);
    });
  }

  for (const [name, structure] of Object.entries(structures)) {
    it(`of ${name} leaves nothing in memory, round after round`, async () => {
      const run = newRun();
      async function heapAfter(rounds: number): Promise<number> {
        await run(function* () {
          for (let round = 0; round < rounds; round++) yield* scope(() => structure(4));
        });
        collect();
        // V8 frees the memory of array buffers in a thread, and waits for it at the next collection.
        collect();
        const { heapUsed, arrayBuffers } = process.memoryUsage();
        return heapUsed + arrayBuffers;
      }
      await heapAfter(Math.ceil(ROUNDS / 5));
      // What is kept per round would add up; compiled code and caches do not.
      const most = 20 + 400_000 / ROUNDS;
      let least = Infinity;
      let before = await heapAfter(1);
      // What a long run leaves behind once, such as the memory of a queue that was long, is there before the next one, too.
      for (let attempt = 0; attempt < 4 && least > most; attempt++) {
        const after = await heapAfter(ROUNDS);
        least = Math.min(least, (after - before) / ROUNDS);
        before = after;
      }
      expect(least, 'bytes per round').to.be.below(most);
    });
  }
}
