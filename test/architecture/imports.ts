import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Package } from './workspace.js';

export interface Import {
  /** As written: `./task.js`, `@escapement/core`, `node:fs`. */
  readonly specifier: string;
  /** False for `import type` and `export type`, of which nothing is left after compilation. */
  readonly atRuntime: boolean;
}

export interface SourceFile {
  /** Relative to the package's `src`: `bin/compare.ts`. */
  readonly name: string;
  readonly lineCount: number;
  readonly imports: readonly Import[];
}

// With `verbatimModuleSyntax` the compiler keeps every statement that does not begin with `import type` or `export type`.
const STATEMENT =
  /^(?:import|export)\s+(type\s+)?(?:\*[^'";]*?from\s+|[\w$]*[\s,]*\{[^}]*\}\s*from\s+|[\w$]+\s+from\s+)?'([^']+)'/gm;
const DYNAMIC = /\bimport\(\s*'([^']+)'/g;
const COMMENT = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;

export function sourcesOf({ path }: Package): SourceFile[] {
  const src = join(path, 'src');
  return readdirSync(src, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
    .map(entry => {
      const file = join(entry.parentPath, entry.name);
      const text = readFileSync(file, 'utf8');
      return { name: relative(src, file), lineCount: text.trimEnd().split('\n').length, imports: importsOf(text) };
    });
}

export function importsOf(text: string): Import[] {
  const code = text.replace(COMMENT, '');
  return [
    ...[...code.matchAll(STATEMENT)].map(([, type, specifier]) => ({
      specifier: specifier as string,
      atRuntime: type === undefined,
    })),
    ...[...code.matchAll(DYNAMIC)].map(([, specifier]) => ({ specifier: specifier as string, atRuntime: true })),
  ];
}

/** `inversify` of `inversify/lib/x.js`, `@escapement/core` of `@escapement/core`. */
export function packageNameOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Which imports count: those that are left after compilation, or all. */
export type Counted = 'at run time' | 'types too';

/** The cycles of imports, each as its file names with the first one repeated at the end. */
export function cyclesIn(sources: readonly SourceFile[], counted: Counted): string[][] {
  const targets = new Map(sources.map(source => [source.name, targetsOf(source, counted)]));
  const done = new Set<string>();
  const cycles: string[][] = [];
  const visit = (name: string, trail: readonly string[]): void => {
    const start = trail.indexOf(name);
    if (start >= 0) cycles.push([...trail.slice(start), name]);
    if (start >= 0 || done.has(name)) return;
    for (const target of targets.get(name) ?? []) visit(target, [...trail, name]);
    done.add(name);
  };
  for (const { name } of sources) visit(name, []);
  return cycles;
}

/**
 * From the top to the bottom: each imports from those below it, types included, and from nothing beside it. A name is that
 * of a folder in `src`, or of a file there.
 */
export type Layers = readonly (readonly string[])[];

/** The imports that run upwards or sideways, and those of files that are in no layer: `tasks/task.ts -> loop/scheduler.ts`. */
export function wrongArrows(sources: readonly SourceFile[], layers: Layers): string[] {
  const depthOf = (room: string) => layers.findIndex(layer => layer.includes(room));
  return sources.flatMap(source => {
    const from = roomOf(source.name);
    if (depthOf(from) < 0) return [`${source.name} is in no layer`];
    return targetsOf(source, 'types too')
      .filter(target => roomOf(target) !== from && depthOf(roomOf(target)) <= depthOf(from))
      .map(target => `${source.name} -> ${target}`);
  });
}

/** The folder in `src` that a file is in, or the file, if it is in none. */
function roomOf(name: string): string {
  return name.split('/')[0]!;
}

function targetsOf({ name, imports }: SourceFile, counted: Counted): string[] {
  return imports
    .filter(({ specifier, atRuntime }) => specifier.startsWith('.') && (atRuntime || counted === 'types too'))
    .map(({ specifier }) => join(name, '..', specifier).replace(/\.js$/, '.ts'));
}
