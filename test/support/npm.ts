import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Package } from '../architecture/workspace.js';

/** What npm says when it cannot reach the registry; any other failure of an installation is a failure of ours. */
const UNREACHABLE =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENOTCACHED/;

/** Packs each package as npm would publish it. @returns the paths of the tarballs */
export function packInto(folder: string, packages: readonly Package[]): string[] {
  const paths = packages.map(({ path }) => path);
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, ...paths], { stdio: 'pipe' });
  return readdirSync(folder)
    .filter(file => file.endsWith('.tgz'))
    .map(file => join(folder, file));
}

/** Installs tarballs, by their absolute paths, and packages of the registry. */
export function npmInstall(folder: string, what: readonly string[], ...more: string[]): SpawnSyncReturns<string> {
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--fetch-retries=1', ...more];
  return spawnSync('npm', ['install', ...options, ...what], { cwd: folder, encoding: 'utf8' });
}

/** Whether an installation went well. False if only the registry is missing. @throws Error if it failed for another reason */
export function isInstalled({ status, stderr }: SpawnSyncReturns<string>): boolean {
  if (status === 0) return true;
  if (UNREACHABLE.test(stderr)) return false;
  throw new Error(`npm install failed:\n${stderr}`);
}
