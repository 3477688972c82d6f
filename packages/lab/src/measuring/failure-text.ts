import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe } from 'escapement';

/** Where the packages of Escapement are: here, or where npm installs them. */
const OURS = fileURLToPath(new URL('../../../', import.meta.url));

/** What was thrown, and where: `'out of order (at broken.js:9:11)'`. */
export function whatFailed(error: unknown): string {
  if (!(error instanceof Error)) return `${describe(error)} was thrown, which is no Error`;
  const place = placeOf(error);
  return place === undefined ? error.message : `${error.message.replace(/\.$/, '')} (at ${place})`;
}

/**
 * The first line of the stack that is not ours, nor Node's, nor of an installed package; of the innermost cause that has one.
 * Relative to the current directory if it is in there.
 */
export function placeOf(error: Error): string | undefined {
  const inner = error.cause instanceof Error && error.cause !== error ? placeOf(error.cause) : undefined;
  return inner ?? placesIn(typeof error.stack === 'string' ? error.stack : '').find(isForeign)?.text;
}

interface Place {
  readonly path: string;
  readonly text: string;
}

function placesIn(stack: string): Place[] {
  return [...stack.matchAll(/^ +at (?:.*\()?(file:\/\/\/[^()]+|\/[^()]+|[A-Z]:\\[^()]+?):(\d+):(\d+)\)?$/gm)].map(
    ([, file, line, column]) => {
      const path = file!.startsWith('file:') ? fileURLToPath(file!) : file!;
      return { path, text: `${shown(path)}:${line}:${column}` };
    },
  );
}

function isForeign({ path }: Place): boolean {
  return !path.startsWith(OURS) && !path.includes(`${sep}node_modules${sep}`);
}

/** A path as somebody here would write it. */
export function shown(path: string): string {
  const here = relative(process.cwd(), path);
  return here.startsWith('..') ? path : here;
}
