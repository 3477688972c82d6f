// Builds the site of the documentation: `npm run docs`. Installs first what only the site needs, if that has changed.
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';

const site = join(import.meta.dirname, '../docs/site');

function changed(file) {
  return statSync(join(site, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

if (changed('node_modules/.package-lock.json') < changed('package-lock.json')) {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['ci', '--no-audit', '--no-fund'], { cwd: site, stdio: 'inherit', shell: npm === 'npm.cmd' });
}
await import('../docs/site/build.mjs');
