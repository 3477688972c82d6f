import { safely } from '../errors/describe.js';
import { placeAt } from '../events/unplaced.js';
import type { Body } from './claim-coroutine.js';

interface Script {
  runInThisContext(options: { displayErrors: boolean }): void;
}

interface Host {
  readonly process?: { getBuiltinModule?(name: string): { Script: new (code: string) => Script } | undefined };
}

/** The script finds here what to call. */
const RAISE = Symbol.for('escapement.raise');
let script: Script | undefined;

/**
 * @internal Throws an error of the loop into `body`, at a bare `yield`. No code of ours runs there, so no stack has the line. But where
 * Node runs a script for somebody, it writes the line that threw above the stack: taken from there. Elsewhere there is none.
 */
export function throwPlaced<T>(body: Body<T>, error: Error): IteratorResult<unknown, T> {
  let step: IteratorResult<unknown, T> | undefined;
  let hasRun = false;
  const raise = () => {
    hasRun = true;
    step = body.throw(error);
  };
  if (!prepare(raise)) return body.throw(error);
  try {
    script!.runInThisContext({ displayErrors: true });
  } catch (thrown) {
    if (hasRun) {
      const place = takePlace(thrown);
      if (thrown === error) placeAt(error, place === undefined ? [] : [`    at ${place} (coroutine)`]);
      throw thrown;
    }
  } finally {
    Reflect.deleteProperty(globalThis, RAISE);
  }
  if (!hasRun) raise();
  return step!;
}

/** @returns false if the host cannot do it */
function prepare(raise: () => void): boolean {
  const isReady = safely(() => {
    script ??= new ((globalThis as Host).process!.getBuiltinModule!('node:vm')!.Script)(
      "globalThis[Symbol.for('escapement.raise')]()",
    );
    return Reflect.defineProperty(globalThis, RAISE, { configurable: true, value: raise });
  });
  return isReady ?? false;
}

/** Removes from a stack what Node has written above it, also from that of an error that the coroutine threw instead. */
function takePlace(thrown: unknown): string | undefined {
  return safely(() => {
    const { stack } = thrown as Error;
    const above = ABOVE.exec(stack!);
    if (above === null) return undefined;
    (thrown as Error).stack = stack!.slice(above[0].length);
    return above[1];
  });
}

/** The file and the line, the line's text, and a mark below it. */
const ABOVE = /^(\S.*:\d+)\n.*\n\s*\^+\n+/;
