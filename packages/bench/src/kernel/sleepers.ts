import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { alternate, type Candidate, Sample } from '@escapement/lab/internal';
import type { Benchmark } from './benchmark.js';

const SLEEPERS = 1_000_000;
/** A side takes up to 15 seconds and half a gigabyte, so there are at most three rounds. */
const MOST_ROUNDS = 3;

interface Outcome {
  readonly created: number;
  readonly bytesEach: number;
  readonly timesIdeal: number;
}

/** A million sleepers due in 4 to 5 s, compared with as many promises over `setTimeout`. */
export const sleepers: Benchmark = {
  name: 'sleepers',
  async run(rounds) {
    const tasks = new Side('tasks');
    const inline = new Side('inline-tasks');
    const promises = new Side('promises');
    await alternate([tasks, inline, promises], { rounds: Math.min(rounds, MOST_ROUNDS) });
    const anchor = (of: (outcome: Outcome) => number) => ({
      name: 'promises, setTimeout',
      figure: promises.sample(of),
    });
    return [
      {
        what: 'a million sleepers: create',
        unit: 'ms',
        ours: tasks.sample(outcome => outcome.created),
        anchor: anchor(outcome => outcome.created),
        reach: { timesAnchor: 0.45 },
      },
      {
        what: 'a million sleepers: end, times the ideal',
        unit: 'x',
        ours: tasks.sample(outcome => outcome.timesIdeal),
        anchor: anchor(outcome => outcome.timesIdeal),
        reach: { atMost: 1.1 },
      },
      {
        what: 'a million sleepers: memory each',
        unit: 'B',
        ours: tasks.sample(outcome => outcome.bytesEach),
        anchor: anchor(outcome => outcome.bytesEach),
        reach: { atMost: 470 },
      },
      {
        what: 'a million sleepers in inline functions: memory each',
        unit: 'B',
        ours: inline.sample(outcome => outcome.bytesEach),
        anchor: anchor(outcome => outcome.bytesEach),
        reach: { atMost: 1_000 },
      },
    ];
  },
};

class Side implements Candidate {
  readonly #outcomes: Outcome[] = [];

  constructor(readonly name: 'tasks' | 'inline-tasks' | 'promises') {}

  async run(): Promise<number> {
    const child = fileURLToPath(new URL('./sleepers-child.js', import.meta.url));
    const report = async (...flags: string[]) => {
      const args = [...flags, child, this.name, String(SLEEPERS)];
      return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout);
    };
    const outcome: Outcome = { ...(await report()), ...(await report('--expose-gc')) };
    this.#outcomes.push(outcome);
    return outcome.created;
  }

  sample(of: (outcome: Outcome) => number): Sample {
    return new Sample(this.#outcomes.map(of));
  }
}
