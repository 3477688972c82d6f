import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
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

/** In bytes: about as long as a text can be. */
const MOST = 500e6;

function contentOf(path: string): string {
  let content: Buffer;
  try {
    content = readAtMost(path, MOST + 1);
  } catch (error) {
    throw new UsageError(`${path}: could not be read: ${(error as Error).message}`, { cause: error });
  }
  if (content.length <= MOST) return content.toString('utf8');
  throw new UsageError(`${path}: has more than ${MOST / 1e6} MB. Expected what escapement-lab --json writes.`);
}

/** A device may have no end, and a pipe no size. */
function readAtMost(path: string, most: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const chunks: Buffer[] = [];
    for (let left = most; left > 0; left -= chunks.at(-1)!.length) {
      const chunk = Buffer.allocUnsafe(Math.min(left, 1 << 20));
      const length = readSync(file, chunk);
      if (length === 0) break;
      chunks.push(chunk.subarray(0, length));
    }
    return Buffer.concat(chunks);
  } finally {
    closeSync(file);
  }
}
