import { describe } from '@escapement/core';
import { InvalidAdapterError, LawBrokenError } from './errors.js';
import { host, realNow } from './host.js';
import { chooseSeed } from './random.js';
import { LONGEST_LAW, watchOver } from './watchdog.js';

/** `describe` and `it` of a test runner: mocha, `node:test`, vitest, or another of that shape. */
export interface Runner {
  /** Groups tests under a title. */
  describe(title: string, suite: () => void): unknown;
  /** Defines a test; `skip` one that is listed and does not run. */
  readonly it: {
    /** @param timeout in milliseconds; where the runner knows none there, it is left unread */
    (title: string, test: () => Promise<void>, timeout?: number): unknown;
    skip(title: string, test: () => void): unknown;
  };
}

/** How to choose the random cases. */
export interface LawOptions {
  /** For the random cases: a whole number. Default: the environment variable `CONFORMANCE_SEED`, else by chance. */
  readonly seed?: number;
}

/**
 * One rule of a contract. The number, rule and reason are those of `docs/contracts.md`.
 *
 * @typeParam S what the law is checked on: an adapter with what is known about its plugin
 */
export interface Law<in S> {
  readonly number: string;
  readonly rule: string;
  /** Why the rule is there: what goes wrong without it. */
  readonly why: string;
  /** It is about real time, so a busy machine may make it look broken: it counts as broken if several tries in a row fail. */
  readonly isStatistical?: boolean;
  /** Of a statistical law: how many tries in a row have to fail. Default: 3. */
  readonly tries?: number;
  /** Says why the law is not checked on `subject`; returns undefined if it is. */
  inapplicable?(subject: S): string | undefined;
  /** @throws LawBrokenError */
  check(subject: S): void | Promise<void>;
}

/** What all subjects have. */
export interface Subject {
  readonly seed: number;
}

/** Defines a test for each law. One that does not apply is skipped, with the reason in its title. */
export function defineSuite<S extends Subject>(runner: Runner, title: string, laws: readonly Law<S>[], subject: S) {
  const { it } = runner;
  runner.describe(title, () => {
    for (const law of laws) {
      const reason = law.inapplicable?.(subject);
      if (reason === undefined) it(titleOf(law), testOf(law, subject), RUNNER_TIMEOUT);
      else it.skip(`${titleOf(law)} [skipped: ${reason}]`, () => {});
    }
  });
}

function titleOf({ number, rule, why, isStatistical }: Law<never>): string {
  return `${number} ${rule}${isStatistical ? ' (real time, statistical)' : ''}. Why: ${why}`;
}

/** So that the law, which says what is wrong, gives up before the runner. */
const RUNNER_TIMEOUT = LONGEST_LAW + 5000;

/** Mocha has its timeout in `this`. */
interface TestContext {
  timeout?(milliseconds?: number): unknown;
}

function testOf<S extends Subject>(law: Law<S>, subject: S) {
  return async function (this: TestContext | undefined): Promise<void> {
    const timeout = this?.timeout?.();
    // Without one it is 0.
    if (typeof timeout === 'number' && timeout > 0 && timeout < RUNNER_TIMEOUT) this?.timeout?.(RUNNER_TIMEOUT);
    const unwatch = await watchOver(titleOf(law));
    try {
      await inTime(check(law, subject), law, subject);
    } finally {
      unwatch();
    }
  };
}

/** A law whose plugin blocks the thread is ended by the watchdog. */
async function inTime(checking: Promise<void>, law: Law<never>, subject: Subject): Promise<void> {
  let timer: unknown;
  const tooLate = new Promise<never>((_, reject) => {
    const problem = `it had not ended after ${LONGEST_LAW / 1000} s. Is there a promise of the plugin, or of the adapter, that never settles?`;
    timer = host.setTimeout(() => reject(faultOf(law, subject, new LawBrokenError(problem))), LONGEST_LAW);
  });
  try {
    await Promise.race([checking, tooLate]);
  } finally {
    host.clearTimeout(timer);
  }
}

async function check<S extends Subject>(law: Law<S>, subject: S): Promise<void> {
  const start = realNow();
  for (let tries = law.isStatistical ? (law.tries ?? MOST_TRIES) : 1; ; tries--) {
    try {
      return await law.check(subject);
    } catch (error) {
      const isLast = tries === 1 || realNow() - start > LONGEST_TRIES;
      if (isLast || error instanceof InvalidAdapterError) throw faultOf(law, subject, error);
    }
  }
}

const MOST_TRIES = 3;
/** In milliseconds: a law that takes longer to break is tried once. */
const LONGEST_TRIES = 1000;

function faultOf(law: Law<never>, subject: Subject, error: unknown): unknown {
  if (error instanceof InvalidAdapterError) return error;
  const seed = `The seed was ${subject.seed}; CONFORMANCE_SEED=${subject.seed} repeats the run.`;
  return new LawBrokenError(`${law.number} is broken: ${sentence(describe(error))} ${seed}`, error);
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** @throws InvalidAdapterError */
export function checkRunner(caller: string, runner: Runner): void {
  const { describe: group, it } = Object(runner) as Partial<Runner>;
  if (typeof group === 'function' && typeof it === 'function' && typeof it.skip === 'function') return;
  const problem = `got ${describe(runner)} as its runner, expected { describe, it } of your test runner, with it.skip. Write ${caller}({ describe, it }, adapter).`;
  throw new InvalidAdapterError(caller, problem);
}

/** @throws InvalidAdapterError if a member of the adapter is neither left out nor a function */
export function checkMembers(caller: string, adapter: object, needed: readonly string[], optional: readonly string[]) {
  if (typeof adapter !== 'object' || adapter === null) {
    throw new InvalidAdapterError(caller, `got ${describe(adapter)} as its adapter, expected an object.`);
  }
  const members = adapter as Readonly<Record<string, unknown>>;
  for (const name of [...needed, ...optional]) {
    const isLeftOut = members[name] === undefined && optional.includes(name);
    if (isLeftOut || typeof members[name] === 'function') continue;
    const problem = `the adapter's ${name} is ${describe(members[name])}, expected a function.`;
    throw new InvalidAdapterError(caller, problem);
  }
}

/** @throws InvalidAdapterError */
export function seedOf(caller: string, { seed }: LawOptions): number {
  if (seed === undefined || Number.isInteger(seed)) return chooseSeed(seed);
  throw new InvalidAdapterError(caller, `got the seed ${describe(seed)}, expected a whole number.`);
}

/** Calls a function of the adapter. @throws InvalidAdapterError that says which one threw */
export function callAdapter<T>(caller: string, what: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    const fault = new InvalidAdapterError(caller, `${what} of the adapter threw: ${describe(error)}`);
    throw Object.assign(fault, { cause: error });
  }
}
