import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseResults } from '../results/parse-results.js';
import type { Results } from '../results/results.js';
import { UsageError } from '../usage-error.js';

/**
 * The results in a file, or in all `.json` files of a folder in the order of their names.
 *
 * @throws UsageError if there are none, or a file holds anything else
 */
export function readResults(path: string): Results[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [readFile(path)];
  const names = readdirSync(path).filter(name => name.endsWith('.json'));
  if (names.length > 0) return names.sort().map(name => readFile(join(path, name)));
  throw new UsageError(`${path}: there is no .json file in this folder. Name the folder that holds the results.`);
}

function readFile(path: string): Results {
  try {
    return parseResults(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path}: could not be read: ${(error as Error).message}`, { cause: error });
  }
}
