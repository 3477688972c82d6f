import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The root of the repository, from where this is compiled to. */
export const ROOT = new URL('../../../', import.meta.url);

const EXAMPLES = 'docs/examples/';

export interface Run {
  readonly exitCode: number | string;
  readonly output: string;
  readonly errors: string;
}

/** Every example, by the path of its source. */
export function exampleFiles(): string[] {
  const names = readdirSync(new URL(EXAMPLES, ROOT), { recursive: true, encoding: 'utf8' });
  return names.filter(name => name.endsWith('.ts')).map(name => EXAMPLES + name.replaceAll('\\', '/'));
}

/** Where the example at `source` is compiled to. */
export function compiled(source: string): URL {
  return new URL(source.replace(/^docs\//, 'docs/dist/').replace(/\.ts$/, '.js'), ROOT);
}

/** Runs an example in a process of its own. Reports of explorations name lines of the source. */
export function runExample(source: string): Promise<Run> {
  const flags = source.includes('/explore/') ? ['--enable-source-maps'] : [];
  return new Promise(resolve => {
    const args = [...flags, fileURLToPath(compiled(source))];
    execFile(process.execPath, args, { timeout: 60_000 }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : (error.code ?? error.signal ?? 'killed');
      resolve({ exitCode, output: stdout.trimEnd(), errors: stderr });
    });
  });
}

/** Runs examples, at most `limit` at a time. */
export async function runExamples(sources: readonly string[], limit: number): Promise<Map<string, Run>> {
  const runs = new Map<string, Run>();
  const left = sources.values();
  const worker = async () => {
    for (const source of left) runs.set(source, await runExample(source));
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return runs;
}

/** What an example exports: `await load<typeof import('…/x.js')>('docs/examples/x.ts')`. */
export function load<M>(source: string): Promise<M> {
  return import(compiled(source).href);
}
