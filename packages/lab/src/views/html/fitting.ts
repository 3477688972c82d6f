import type { Results, Round } from '../../results/results.js';

/**
 * What `pack` makes of the results, or of half their samples, or a quarter, and so on, until it is short enough.
 *
 * @param most characters
 * @throws RangeError if they are too long without any samples, too
 */
export function fitting(results: Results, most: number, pack: (results: Results, keptOneOf: number) => string): string {
  const longest = Math.max(1, ...roundsOf(results).map(round => round.samplesUs.length));
  let keptOneOf = 1;
  while (keptOneOf <= longest * 2) {
    const text = pack(keptOneOf === 1 ? results : thinned(results, keptOneOf), keptOneOf);
    if (text.length <= most) return text;
    // Packing much takes seconds: no step that cannot suffice.
    keptOneOf *= 2 ** Math.max(1, Math.floor(Math.log2(text.length / most)));
  }
  throw new RangeError(`these results do not fit into ${most} bytes: report fewer rows`);
}

function roundsOf(results: Results): Round[] {
  return results.scenarios.flatMap(scenario => scenario.rows).flatMap(row => row.rounds);
}

function thinned(results: Results, keptOneOf: number): Results {
  return {
    ...results,
    scenarios: results.scenarios.map(scenario => ({
      ...scenario,
      rows: scenario.rows.map(row => ({
        ...row,
        rounds: row.rounds.map(round => ({ ...round, samplesUs: spread(round.samplesUs, keptOneOf) })),
      })),
    })),
  };
}

/** Samples at even ranks, the least and the greatest among them, in the order of time: so their distribution stays what it was. */
function spread(samples: readonly number[], keptOneOf: number): number[] {
  const count = Math.max(2, Math.ceil(samples.length / keptOneOf));
  if (count >= samples.length) return [...samples];
  const ranked = [...samples.keys()].sort((a, b) => samples[a]! - samples[b]!);
  const kept = Array.from({ length: count }, (_, n) => ranked[Math.round((n * (ranked.length - 1)) / (count - 1))]!);
  return kept.sort((a, b) => a - b).map(index => samples[index]!);
}
