import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Results, SCHEMA } from '../results/results.js';
import { UsageError } from '../usage-error.js';

/**
 * The results in a file, or in all `.json` files of a folder in the order of their names.
 *
 * @throws UsageError if there are none, or a file holds anything else
 */
export function readResults(path: string): Results[] {
  if (!statSync(path).isDirectory()) return [readFile(path)];
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

/**
 * Checks what a comparison needs of the content of a results file.
 *
 * @param name of the file, for the error
 * @throws UsageError
 */
export function parseResults(text: string, name: string): Results {
  if (text.trim() === '') throw new UsageError(`${name}: is empty. The run that wrote it did not come to its end.`);
  const value = parseJson(text, name) as Partial<Results> | null;
  const schema = value?.schema;
  if (typeof schema !== 'number' || !Number.isInteger(schema)) throw noResults(name, 'it has no schema number');
  if (schema !== SCHEMA) {
    const age = schema < SCHEMA ? 'an earlier' : 'a later';
    throw new UsageError(
      `${name}: made by ${age} lab: schema ${schema}, expected ${SCHEMA}. Measure again, or compare with that lab.`,
    );
  }
  const wrong = whatIsWrong(value!);
  if (wrong !== undefined) throw noResults(name, wrong);
  if (value!.scenarios!.every(({ rows }) => rows.length === 0)) {
    throw new UsageError(`${name}: has no rows: nothing was measured.`);
  }
  return value as Results;
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${name}: is no JSON, or only a part of it. Expected what escapement-lab --json writes.`, {
      cause: error,
    });
  }
}

function noResults(name: string, reason: string): UsageError {
  return new UsageError(`${name}: is no result of escapement-lab: ${reason}. Expected what --json writes.`);
}

/** Only what is read later: the lab that wrote the file is trusted with the rest. */
function whatIsWrong({ machine, scenarios }: Partial<Results>): string | undefined {
  if (typeof machine !== 'object' || machine === null) return 'it names no machine';
  if (!Array.isArray(scenarios)) return 'it has no scenarios';
  for (const scenario of scenarios) {
    if (typeof scenario?.name !== 'string' || !Array.isArray(scenario.rows)) return 'a scenario has no name or no rows';
    for (const row of scenario.rows) {
      const median = row?.summary === null ? 0 : row?.summary?.us?.p50?.value;
      if (typeof row?.subject?.name !== 'string' || typeof row.setting !== 'number' || typeof median !== 'number') {
        return `a row of ${scenario.name} has no subject, setting or summary`;
      }
    }
  }
  return undefined;
}
