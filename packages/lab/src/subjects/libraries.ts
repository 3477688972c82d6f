import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Duration, Instant } from 'escapement';
import type { BaselineSubject } from './subject.js';

/** The sleeps of other libraries with structured concurrency, where the project or the lab has them. */
export const LIBRARIES: readonly BaselineSubject[] = [
  library('Effect', 'effect', effect),
  library('Effection', 'effection', effection),
];

/** How a library sleeps: alone, and again and again in one of its tasks. */
interface Sleeps {
  once(duration: Duration): Promise<void>;
  ticks: NonNullable<BaselineSubject['ticks']>;
}

function library(name: string, specifier: string, sleepsOf: (exports: never) => Sleeps): BaselineSubject {
  let sleeps: Promise<Sleeps> | undefined;
  const loaded = () => {
    sleeps ??= import(pathToFileURL(find(specifier)!).href).then(exports => sleepsOf(exports as never));
    return sleeps;
  };
  return {
    kind: 'baseline',
    name,
    waits: 'yields',
    lacks: () => (find(specifier) === undefined ? `the package ${specifier}` : undefined),
    sleepUntil: async until => (await loaded()).once(Math.max(0, until - performance.now())),
    ticks: async (next, woke) => (await loaded()).ticks(next, woke),
  };
}

/** In the project where the lab was started, or beside the lab. */
function find(specifier: string): string | undefined {
  for (const from of [pathToFileURL(join(process.cwd(), 'index.js')), import.meta.url]) {
    try {
      return createRequire(from).resolve(specifier);
    } catch {}
  }
  return undefined;
}

/** What is used of Effect: it need not be installed to compile the lab. */
interface EffectPackage {
  readonly Effect: {
    gen(body: () => Generator<unknown, void, never>): unknown;
    sleep(duration: Duration): Iterable<unknown>;
    runPromise(effect: unknown): Promise<void>;
  };
}

function effect({ Effect }: EffectPackage): Sleeps {
  return {
    once: duration => Effect.runPromise(Effect.sleep(duration)),
    ticks: (next, woke) =>
      Effect.runPromise(
        Effect.gen(function* () {
          for (let until = next(); until !== undefined; until = next()) {
            yield* Effect.sleep(left(until));
            woke();
          }
        }),
      ),
  };
}

interface EffectionPackage {
  run(body: () => Generator<unknown, void, never>): Promise<void>;
  sleep(duration: Duration): Iterable<unknown>;
}

function effection({ run, sleep }: EffectionPackage): Sleeps {
  return {
    once: duration =>
      run(function* () {
        yield* sleep(duration);
      }),
    ticks: (next, woke) =>
      run(function* () {
        for (let until = next(); until !== undefined; until = next()) {
          yield* sleep(left(until));
          woke();
        }
      }),
  };
}

function left(until: Instant): Duration {
  return Math.max(0, until - performance.now());
}
