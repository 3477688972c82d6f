import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Duration } from 'escapement';
import { BUILT_IN, type Offer, offerOf, subjectsOf } from '../measuring/offer.js';
import { type ModuleProblem, tryModule } from '../measuring/try-module.js';
import type { SubjectInfo } from '../results/results.js';
import { DEFAULT_BASELINES } from '../subjects/baselines.js';
import { isIoInstalled, LEFT_OUT } from '../subjects/strategy.js';
import { UsageError } from '../usage-error.js';
import type { RunOptions } from './command-line.js';
import { unknownName } from './unknown-name.js';

/** A module of `--module`, loaded. */
export interface LoadedModule {
  /** Its URL. */
  readonly from: string;
  readonly offer: Offer;
}

/**
 * Loads the modules at `paths`, relative to the current directory.
 *
 * @param patience how long each may take, in milliseconds
 * @throws UsageError
 */
export async function loadModules(paths: readonly string[] = [], patience: Duration): Promise<LoadedModule[]> {
  const loaded: LoadedModule[] = [];
  for (const path of new Set(paths.map(each => resolve(each)))) loaded.push(await loadModule(path, patience));
  return loaded;
}

async function loadModule(path: string, patience: Duration): Promise<LoadedModule> {
  if (!existsSync(path)) throw new UsageError(`--module ${path}: there is no such file. Check the path.`);
  if (statSync(path).isDirectory())
    throw new UsageError(`--module ${path}: is a folder. Name a JavaScript file in it.`);
  const from = pathToFileURL(path).href;
  const problem = await tryModule(from, patience);
  if (problem !== undefined) throw new UsageError(`--module ${path}: ${problem.reason}`, { cause: stackOf(problem) });
  const offer = await offerOf(from);
  if (Object.values(offer).some(each => each.length > 0)) return { from, offer };
  throw new UsageError(`--module ${path}: ${await emptyReason(from)}`);
}

/** What --debug shows. */
function stackOf({ printed }: ModuleProblem): Error | undefined {
  return printed === '' ? undefined : Object.assign(new Error(), { stack: printed });
}

async function emptyReason(from: string): Promise<string> {
  const exports = Object.entries((await import(from)) as object);
  const factory = exports.find(([, value]) => typeof value === 'function')?.[0];
  const hint =
    factory === undefined
      ? 'Export strategyModule(() => new YourStrategy()).'
      : `It exports the function "${factory}": export what it makes, as in strategyModule(clock => new YourStrategy(clock)).`;
  return `exports no LoopModule that binds SleepStrategy or SchedulingPolicy, no baseline and no scenario. ${hint} If it does already, it imports another copy of escapement.`;
}

/** What to measure. */
export interface Selection {
  readonly subjects: readonly SubjectInfo[];
  /** What `--baseline all` leaves out, and what each lacks. */
  readonly absent: readonly string[];
}

/**
 * The subjects that the options ask for: strategies, then policies, then baselines.
 *
 * @throws UsageError
 */
export async function selectSubjects(options: RunOptions, modules: readonly LoadedModule[]): Promise<Selection> {
  const offer = await offerOf(BUILT_IN);
  const shipped = subjectsOf(offer, BUILT_IN);
  const added = modules.flatMap(({ from, offer }) => subjectsOf(offer, from));
  const all = [...shipped, ...added];
  checkUnique(all);
  const strategies = chosenStrategies(shipped.filter(isStrategy), all.filter(isStrategy), options.strategy);
  const policies = chosenPolicies(all.filter(isPolicy), options.policy);
  // Without a loop, nothing could be told of a late tick.
  const baselines =
    options.baselines && options.untilLate === undefined
      ? chosenBaselines(shipped.filter(isBaseline), options.baseline)
      : [];
  const { present, absent } = installed(baselines, offer, options.baseline);
  const subjects = [...strategies, ...added.filter(isStrategy), ...policies, ...present, ...added.filter(isBaseline)];
  return { subjects, absent };
}

function isStrategy({ kind }: SubjectInfo): boolean {
  return kind === 'strategy';
}

function isPolicy({ kind }: SubjectInfo): boolean {
  return kind === 'policy';
}

function isBaseline({ kind }: SubjectInfo): boolean {
  return kind === 'baseline' || kind === 'outside';
}

function chosenStrategies(
  shipped: readonly SubjectInfo[],
  known: readonly SubjectInfo[],
  wanted: readonly string[] | undefined,
): readonly SubjectInfo[] {
  if (wanted === undefined) return shipped.filter(({ name }) => !LEFT_OUT.includes(name));
  if (wanted.includes('all')) return shipped;
  const missing = isIoInstalled() ? '' : ', or install @escapement/io for epoll (on Linux)';
  const chosen = named('--strategy', wanted, known, `Or write "all", or add your own with --module${missing}.`);
  return shipped.filter(each => chosen.includes(each));
}

function chosenPolicies(known: readonly SubjectInfo[], wanted: readonly string[] | undefined) {
  return wanted === undefined ? known : named('--policy', wanted, known, 'Add your own with --module.');
}

function chosenBaselines(known: readonly SubjectInfo[], wanted: readonly string[] = DEFAULT_BASELINES) {
  return wanted.includes('all') ? known : named('--baseline', wanted, known, 'Or write "all".');
}

/** Those with the names that an option wants. @throws UsageError if there is none of one of them */
function named(option: string, wanted: readonly string[], known: readonly SubjectInfo[], hint: string) {
  const names = known.map(({ name }) => name);
  const unknown = wanted.find(name => !names.includes(name));
  if (unknown !== undefined) throw unknownName(option, unknown, names, hint);
  return known.filter(({ name }) => wanted.includes(name));
}

/** Tells apart what is installed here. @throws UsageError for one that was asked for by its name */
function installed(chosen: readonly SubjectInfo[], { baselines }: Offer, wanted: readonly string[] = []) {
  const absent: string[] = [];
  const present = chosen.filter(({ name }) => {
    const lack = baselines.find(each => each.name === name)?.lacks?.();
    if (lack === undefined) return true;
    if (wanted.includes(name))
      throw new UsageError(`--baseline ${name}: needs ${lack}. Install that, or leave it out.`);
    absent.push(`${name} (needs ${lack})`);
    return false;
  });
  return { present, absent };
}

function checkUnique(subjects: readonly SubjectInfo[]): void {
  const seen = new Set<string>();
  for (const { name } of subjects) {
    if (seen.has(name)) throw new UsageError(`two subjects have the name '${name}'. Rename the one of --module.`);
    seen.add(name);
  }
}
