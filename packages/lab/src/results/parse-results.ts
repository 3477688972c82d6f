import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { UsageError } from '../usage-error.js';
import { type Results, SCHEMA } from './results.js';

/**
 * The results in the text of a file that `--json` wrote. They are checked against the published schema.
 *
 * @param name of the file, for the error
 * @throws UsageError if it is anything else, or of a lab with another schema
 * @example parseResults(readFileSync('results.json', 'utf8'), 'results.json');
 */
export function parseResults(text: string, name: string): Results {
  if (text.trim() === '') throw new UsageError(`${name}: is empty. The run that wrote it did not come to its end.`);
  const value = parseJson(text, name);
  const { schema } = (value ?? {}) as { readonly schema?: unknown };
  if (!Number.isInteger(schema)) throw noResults(name, 'it has no schema number');
  if (schema !== SCHEMA) {
    const age = (schema as number) < SCHEMA ? 'an earlier' : 'a later';
    throw new UsageError(
      `${name}: made by ${age} lab: schema ${schema}, expected ${SCHEMA}. Use that lab, or measure again.`,
    );
  }
  const wrong = whatIsWrong(value);
  if (wrong !== undefined) throw noResults(name, wrong);
  const results = value as Results;
  if (results.scenarios.some(({ rows }) => rows.length > 0)) return results;
  throw new UsageError(`${name}: has no rows: nothing was measured.`);
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = `${name}: is no JSON, or only a part of it. Expected what escapement-lab --json writes.`;
    throw new UsageError(message, { cause: error });
  }
}

function noResults(name: string, reason: string): UsageError {
  return new UsageError(`${name}: is no result of escapement-lab: ${reason}. Expected what --json writes.`);
}

/** Undefined: nothing is. */
function whatIsWrong(value: unknown): string | undefined {
  validate ??= compiledSchema();
  return validate(value) ? undefined : describeError(validate.errors![0]!);
}

/** Compiled once, and only if there is something to check. */
let validate: ValidateFunction | undefined;

function compiledSchema(): ValidateFunction {
  const schema = JSON.parse(readFileSync(new URL('../../results.schema.json', import.meta.url), 'utf8'));
  return new Ajv2020({ allowUnionTypes: true }).compile(schema);
}

/** `scenarios/0/rows/2/setting must be number` */
function describeError({ instancePath, message }: ErrorObject): string {
  return `${instancePath.slice(1) || 'it'} ${message}`;
}
