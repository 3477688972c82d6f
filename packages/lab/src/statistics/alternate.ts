import { seededRandom, shuffled } from './random.js';
import { Sample } from './sample.js';

export interface Candidate {
  readonly name: string;
  /** Gives back one figure, for instance nanoseconds per operation. */
  run(): number | Promise<number>;
}

export interface AlternateOptions {
  readonly rounds: number;
  /** Decides the order within each round; the same order every time if left out. */
  readonly seed?: number;
  /** Called before each run. */
  readonly onRound?: (round: number, name: string) => void;
}

/**
 * Measures candidates fairly on a machine that does other things too: in every round each runs once, in a new order, so
 * a slow spell hits all alike. Gives a sample for each name. Warm up before: the first round counts like any other.
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
