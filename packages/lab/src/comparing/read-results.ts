import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseResults } from '../results/parse-results.js';
import type { Results } from '../results/results.js';
import { UsageError } from '../usage-error.js';

/**
 * The results in a file, or in all `.json` files of a folder in the order of their names.
 *
 * @throws UsageError if there are none, or a file holds anything else
 * @example compareResults(readResults('runs/a'), readResults('runs/b'));
 */
export function readResults(path: string): Results[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [readFile(path)];
  const names = readdirSync(path).filter(name => name.endsWith('.json'));
  if (names.length > 0) return names.sort().map(name => readFile(join(path, name)));
  throw new UsageError(`${path}: there is no .json file in this folder. Name the folder that holds the results.`);
}

/** As `parseResults`, for results that can be compared: at least one row was planned. */
export function parseRun(text: string, name: string): Results {
  const results = parseResults(text, name);
  if (results.scenarios.some(({ rows }) => rows.length > 0)) return results;
  throw new UsageError(`${name}: has no rows: nothing was measured.`);
}

function readFile(path: string): Results {
  return parseRun(contentOf(path), path);
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path}: could not be read: ${(error as Error).message}`, { cause: error });
  }
}
