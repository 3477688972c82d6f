import { seededRandom, shuffled } from './random.js';
import { Sample } from './sample.js';

/** Something that can be measured once. */
export interface Candidate {
  /** The key of its sample. */
  readonly name: string;
  /** @returns one figure, for instance nanoseconds per operation */
  run(): number | Promise<number>;
}

/** How often to measure. */
export interface AlternateOptions {
  /** How often each candidate runs. */
  readonly rounds: number;
  /** Seeds the order within the rounds. Default: 0, so every call has the same order. */
  readonly seed?: number;
  /** Called before each run. */
  readonly onRound?: (round: number, name: string) => void;
}

/**
 * Measures candidates in rounds. In every round each runs once, in a new order, so that a slow phase of the machine affects
 * all of them alike. Warm up first: the first round counts like any other.
 *
 * @returns a sample for each name
 */
export async function alternate(
  candidates: readonly Candidate[],
  { rounds, seed = 0, onRound }: AlternateOptions,
): Promise<Map<string, Sample>> {
  const random = seededRandom(seed);
  const figures = new Map(candidates.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    for (const candidate of shuffled(candidates, random)) {
      onRound?.(round, candidate.name);
      figures.get(candidate.name)!.push(await candidate.run());
    }
  }
  return new Map([...figures].map(([name, values]) => [name, new Sample(values)]));
}
