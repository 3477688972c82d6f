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

/** The cycles of imports that exist at run time, each as its file names with the first one repeated at the end. */
export function cyclesIn(sources: readonly SourceFile[]): string[][] {
  const targets = new Map(sources.map(source => [source.name, runtimeTargets(source)]));
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

function runtimeTargets({ name, imports }: SourceFile): string[] {
  return imports
    .filter(({ specifier, atRuntime }) => atRuntime && specifier.startsWith('.'))
    .map(({ specifier }) => join(name, '..', specifier).replace(/\.js$/, '.ts'));
}
