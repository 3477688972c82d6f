import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { publishedPackages } from '../architecture/workspace.js';

// The tests run what is published, and `tsc` alone does not write that: they would test old code.
for (const { path, manifest } of publishedPackages) {
  const compiled = join(path, 'tsconfig.tsbuildinfo');
  for (const { default: entry = '' } of Object.values(manifest.exports ?? {})) {
    const file = join(path, entry);
    if (!entry.startsWith('./bundle/') || changedAt(file) >= changedAt(compiled)) continue;
    throw new Error(`${file} is older than what tsc has compiled. Write it: npm run build`);
  }
}

function changedAt(file: string): number {
  return existsSync(file) ? statSync(file).mtimeMs : 0;
}
