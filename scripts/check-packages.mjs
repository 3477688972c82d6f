// Packs every published package as npm would and lets publint and attw look at the tarball.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'check-packages-'));
let problems = 0;
try {
  for (const manifest of publishedPackages()) {
    const report = await check(manifest);
    problems += report.length;
    console.log(
      `${manifest.name.padEnd(24)} ${manifest.version.padEnd(10)} ${report.length === 0 ? 'ok' : ''}`.trimEnd(),
    );
    for (const problem of report) console.log(`  ${problem}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (problems > 0) {
  console.error(`${problems} problems`);
  process.exitCode = 1;
}

function publishedPackages() {
  return readdirSync(join(root, 'packages'))
    .map(name => {
      const path = join(root, 'packages', name);
      return { path, ...JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) };
    })
    .filter(manifest => !manifest.private);
}

async function check(manifest) {
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: manifest.path, stdio: 'pipe' });
  const tarball = join(folder, `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`);
  return [...missingFiles(tarball, manifest), ...(await publintProblems(tarball)), ...attwProblems(tarball)];
}

/** What the two tools don't ask for. */
function missingFiles(tarball, manifest) {
  const packed = execFileSync('tar', ['-tf', tarball], { encoding: 'utf8' }).split('\n');
  const exported = Object.values(manifest.exports).flatMap(entry =>
    typeof entry === 'string' ? entry : Object.values(entry),
  );
  return ['LICENSE', 'README.md', ...exported.map(file => file.replace('./', ''))]
    .filter(file => !packed.includes(`package/${file}`))
    .map(file => `pack: ${file} is missing`);
}

async function publintProblems(tarball) {
  const { messages, pkg } = await publint({
    pack: { tarball: new Uint8Array(readFileSync(tarball)).buffer },
    strict: true,
  });
  return messages.map(message => `publint: ${formatMessage(message, pkg, { color: false })}`);
}

/** Without the resolutions that only CommonJS has: these packages are ES modules. */
function attwProblems(tarball) {
  const args = [
    tarball,
    '--profile',
    'esm-only',
    '--no-definitely-typed',
    '--format',
    'ascii',
    '--no-color',
    '--no-emoji',
  ];
  try {
    execFileSync(join(root, 'node_modules/.bin/attw'), args, { encoding: 'utf8', stdio: 'pipe' });
    return [];
  } catch (error) {
    return [`attw: ${error.stdout ?? ''}${error.stderr ?? error.message}`];
  }
}
