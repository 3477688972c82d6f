import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Site, Trace } from '../trace.js';

/** Where the packages of this library are: in the monorepo, or installed. */
const LIBRARY = fileURLToPath(new URL('../../', import.meta.url));

/** `file:line:column` in parts. */
interface Place {
  readonly file: string;
  /** Undefined if `where` names no line. */
  readonly line: string | undefined;
}

function placeOf({ where }: Site): Place {
  const [, file, line] = /^(.*?)(?::(\d+))?(?::\d+)?$/s.exec(where)!;
  return { file: pathOf(file!), line };
}

/** Of a file URL the path; relative to the working folder if it is in there. */
function pathOf(file: string): string {
  const path = file.startsWith('file://') ? fileURLToPath(file) : file;
  const fromHere = relative(process.cwd(), path);
  return fromHere === '' || fromHere.startsWith('..') || path === fromHere ? path : fromHere;
}

/** The innermost `yield*` that the user wrote: that of a library says less. */
export function ownSite(sites: readonly Site[]): Site | undefined {
  return sites.find(({ where }) => !isOfLibrary(where)) ?? sites[0];
}

function isOfLibrary(where: string): boolean {
  return where.includes(LIBRARY) || where.includes(`${sep}node_modules${sep}`) || where.includes('/node_modules/');
}

/** `bank.ts:12:5` with its folder, for a stack. */
export function fullPlace(site: Site): string {
  const { file } = placeOf(site);
  const rest = /(:\d+){0,2}$/.exec(site.where)![0];
  return file + rest;
}

/** The file in which most of the steps stop, which then needs no name at each step. Undefined if no step names one. */
export function mainFile({ steps }: Trace): string | undefined {
  const fileOf = new Map<string, string>();
  const counts = new Map<string, number>();
  for (const { stoppedAt } of steps) {
    const site = ownSite(stoppedAt);
    if (site === undefined) continue;
    const file = fileOf.get(site.where) ?? placeOf(site).file;
    fileOf.set(site.where, file);
    counts.set(file, (counts.get(file) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** `line 12` of the main file, `queue.ts:12` of another one. */
export function shortPlace(site: Site, main: string | undefined): string {
  const { file, line } = placeOf(site);
  if (line === undefined) return baseOf(file);
  return file === main ? `line ${line}` : `${baseOf(file)}:${line}`;
}

function baseOf(file: string): string {
  return file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
}
