import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  isIoInstalled,
  type Strategy,
  shippedStrategies,
  strategiesIn,
  systemStrategies,
} from '../subjects/strategy.js';
import { UsageError } from '../usage-error.js';

/**
 * @returns the shipped strategies, or only the `wanted` ones, and all strategies of the modules at `paths` (relative to the
 * current directory)
 *
 * @throws UsageError
 */
export async function selectStrategies(paths: readonly string[] = [], wanted?: readonly string[]): Promise<Strategy[]> {
  const shipped = [...shippedStrategies(), ...(await systemStrategies())];
  const added: Strategy[] = [];
  for (const path of paths) added.push(...(await loadStrategies(path)));
  const all = [...shipped, ...added];
  checkUnique(all);
  for (const alias of wanted ?? []) checkKnown(alias, all);
  return [...shipped.filter(({ alias }) => wanted?.includes(alias) ?? true), ...added];
}

async function loadStrategies(path: string): Promise<Strategy[]> {
  const file = resolve(path);
  if (!existsSync(file)) throw new UsageError(`--module ${path}: there is no file ${file}. Check the path.`);
  const strategies = await attempt(path, async () => strategiesIn(await import(pathToFileURL(file).href)));
  if (strategies.length > 0) return strategies;
  throw new UsageError(
    `--module ${path}: exports no LoopModule that binds SleepStrategy. Export strategyModule(() => new YourStrategy()). If it does already, it imports another copy of escapement.`,
  );
}

/** Reports what a user's module throws as wrong usage: nothing was measured yet. */
async function attempt<T>(path: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    throw new UsageError(`--module ${path}: ${reason(error)}`, { cause: error });
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ERR_UNKNOWN_FILE_EXTENSION') return 'is not JavaScript; compile it first.';
  return `could not be loaded: ${error.message.split('\n')[0]}`;
}

function checkUnique(strategies: readonly Strategy[]): void {
  const aliases = strategies.map(({ alias }) => alias);
  const twice = aliases.find((alias, index) => aliases.indexOf(alias) !== index);
  if (twice === undefined) return;
  throw new UsageError(`two strategies have the alias '${twice}'. Rename the one of --module.`);
}

function checkKnown(alias: string, strategies: readonly Strategy[]): void {
  if (strategies.some(strategy => strategy.alias === alias)) return;
  const known = strategies.map(strategy => strategy.alias).join(', ');
  const missing = isIoInstalled() ? '' : ', or install @escapement/io for epoll (on Linux)';
  throw new UsageError(
    `--strategy ${alias}: there is no such strategy, only ${known}. Add your own with --module${missing}.`,
  );
}
