import { readFileSync } from 'node:fs';
import { ROOT, runExample } from './example.js';
import { fencesOf } from './markdown.js';

/** The program of the README of a package. */
export function packageExample(name: string): string {
  return `docs/examples/packages/${name}.ts`;
}

/** What it prints: as its README says, else as it prints in Node, with any numbers. */
export async function packageOutput(name: string): Promise<string> {
  const readme = readFileSync(new URL(`packages/${name}/README.md`, ROOT), 'utf8');
  const source = packageExample(name);
  const fence = fencesOf(readme).find(({ marker }) => marker?.kind === 'output' && marker.path === source);
  return fence?.text ?? (await runExample(source)).output.replace(/\d+(\.\d+)?/g, '#.#');
}

/** On a busy machine timers that are due within a few milliseconds of each other may change places. */
export function sorted(output: string): string {
  return output.split('\n').sort().join('\n');
}
