// After lerna wrote a version everywhere: raises the ranges of peers and the version in core's source, which lerna leaves as
// they are, commits and tags.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const { version } = readJson(join(root, 'lerna.json'));
const files = readdirSync(join(root, 'packages')).map(folder => join(root, 'packages', folder, 'package.json'));
const ours = files.map(file => readJson(file).name);

for (const file of files) {
  const manifest = readJson(file);
  for (const peer of Object.keys(manifest.peerDependencies ?? {})) {
    if (ours.includes(peer)) manifest.peerDependencies[peer] = `^${version}`;
  }
  writeFileSync(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
}
// What errors about two copies of core say.
const versionFile = join(root, 'packages/core/src/errors/version.ts');
writeFileSync(versionFile, readFileSync(versionFile, 'utf8').replace(/'[^']*'/, `'${version}'`));
run('npm', 'install', '--package-lock-only', '--no-audit', '--no-fund');
run('git', 'commit', '--all', '--quiet', '--message', `Release v${version}`);
run('git', 'tag', '--annotate', `v${version}`, '--message', `v${version}`);

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function run(command, ...args) {
  execFileSync(command, args, { cwd: root, stdio: 'inherit' });
}
