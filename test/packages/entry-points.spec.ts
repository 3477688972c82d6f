import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { assert } from 'chai';

/** Prints each file that is loaded. */
const REPORTING_LOADER = `
  import { writeSync } from 'node:fs';
  export async function load(url, context, next) {
    writeSync(1, url + '\\n');
    return next(url, context);
  }`;

/** The files of the container that a process loads that imports `specifier`. */
function containerFilesOf(specifier: string): string[] {
  const entry = pathToFileURL(realpathSync(fileURLToPath(import.meta.resolve(specifier)))).href;
  const program = `
    import { register } from 'node:module';
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(REPORTING_LOADER)}));
    await import(${JSON.stringify(entry)});`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  const files = stdout.trim().split('\n');
  assert.include(files, entry);
  return files.filter(file => /inversify|reflect-metadata/.test(file));
}

describe('the entry points', function () {
  this.timeout(60_000);

  for (const name of [
    'core',
    'combinators',
    'debug',
    'sleep',
    'strategies',
    'sync',
    'policies',
    'promises',
    'promises/node',
    'promises/streams',
    'host',
    'workers',
    'virtual-time',
    'conformance',
    'explore',
    'explore/fast-check',
    'observe',
    'observe/channels',
    'observe/spans',
    'streams',
    'streams/memory',
  ]) {
    it(`of @escapement/${name} load no container`, () => {
      assert.deepEqual(containerFilesOf(`@escapement/${name}`), []);
    });
  }

  for (const specifier of [
    'debug',
    'sleep',
    'strategies',
    'sync',
    'policies',
    'promises',
    'host',
    'workers',
    'virtual-time',
    'observe',
    'observe/channels',
    'observe/spans',
    'streams',
  ].map(name => `${name}/module`)) {
    it(`of @escapement/${specifier} load one`, () => {
      const files = containerFilesOf(`@escapement/${specifier}`);
      assert.isTrue(files.some(file => file.includes('inversify')));
      assert.isTrue(files.some(file => file.includes('reflect-metadata')));
    });
  }
});
