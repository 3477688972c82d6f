import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PluginKind, PluginRequest } from './plugin-request.js';

/** Seen from `dist`. */
const TEMPLATES = fileURLToPath(new URL('../templates', import.meta.url));
const MANIFEST = fileURLToPath(new URL('../package.json', import.meta.url));

/** Files that mean something to npm and Node wherever they are. */
const WRITTEN_AS: Readonly<Record<string, string>> = { _gitignore: '.gitignore', '_package.json': 'package.json' };

const WHAT: Readonly<Record<PluginKind, string>> = {
  event: 'An event',
  strategy: 'A sleep strategy',
  policy: 'A scheduling policy',
  callback: 'An event of a callback',
};

/** The files of a plugin: their content by their path in its folder, with `/`. */
export function filesOf({ name, kind, language }: PluginRequest): ReadonlyMap<string, string> {
  // All packages of ours have one version, that of this one.
  const { version } = JSON.parse(readFileSync(MANIFEST, 'utf8')) as { version: string };
  const values = { name, version, what: WHAT[kind], ext: language === 'typescript' ? 'ts' : 'js' };
  const files = new Map<string, string>();
  for (const folder of ['every', kind].flatMap(of => [join(of, 'common'), join(of, language)])) {
    for (const [path, text] of readFolder(join(TEMPLATES, folder))) files.set(path, fillIn(text, values));
  }
  return files;
}

function* readFolder(folder: string): Iterable<[string, string]> {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = relative(folder, file).replaceAll('\\', '/');
    yield [WRITTEN_AS[path] ?? path, readFileSync(file, 'utf8')];
  }
}

function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (placeholder, key: string) => values[key] ?? placeholder);
}
