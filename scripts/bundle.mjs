// Usage: bundle.mjs [--watch]. Makes one file of each entry point of each package: `bundle/index.js` of `dist/index.js`, which
// tsc wrote. What `exports` and `bin` name is made, and nothing else. See docs/decisions/0025-one-file-for-each-package.md.
import { mkdirSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { rollup } from 'rollup';
import { bundlePages } from './bundle-pages.mjs';
import { licencesIn } from './licences.mjs';

const root = join(import.meta.dirname, '..');
const IN_ONE_FILE = 'inversify';
/** For code whose names nobody sees: unlike rollup it renames functions, and reports of missing `yield*` show their names. */
const ESBUILD = { bundle: true, platform: 'node', target: 'es2022', logLevel: 'warning', write: false };

const packages = readdirSync(join(root, 'packages'))
  .map(name => join(root, 'packages', name))
  .map(path => ({ path, manifest: JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) }))
  .filter(({ manifest }) => entriesOf(manifest).every(file => file.startsWith('./bundle/')));
/** What tsc made of them, for code that takes in what it imports from them. */
const compiled = Object.fromEntries(packages.map(({ path, manifest }) => [manifest.name, join(path, 'dist/index.js')]));

/** The maps that tsc wrote: so those of the bundle lead to the sources. */
const sourceMaps = {
  name: 'source maps of tsc',
  load: file =>
    file.includes('?') ? null : { code: readFileSync(file, 'utf8'), map: readFileSync(`${file}.map`, 'utf8') },
};

/**
 * `import code from './x.js?thread'` is the code of a thread, as a string, with all that `x.js` imports in it. So the thread
 * also starts from a bundle of a whole program, whose maker knows nothing of that file.
 */
const threadCode = {
  name: 'thread code',
  resolveId: (name, importer) => (name.endsWith('?thread') ? join(dirname(importer), name) : null),
  async load(name) {
    if (!name.endsWith('?thread')) return null;
    const { outputFiles } = await build({
      ...ESBUILD,
      // The only format in which a `Worker` takes code that has no file.
      format: 'cjs',
      entryPoints: [name.replace('?thread', '')],
      alias: compiled,
      minify: true,
      banner: { js: "const threadCodeFile = require('node:worker_threads').workerData.codeFile;" },
      define: { 'import.meta.url': 'threadCodeFile' },
    });
    return { code: `export default ${JSON.stringify(outputFiles[0].text)};`, map: { mappings: '' } };
  },
};

const bundles = Promise.all(packages.map(bundle));
await Promise.all([bundles, bundlePages(bundles)]);
if (process.argv.includes('--watch')) for (const each of packages) watchAndBundle(each);

/** The packages that it imports stay outside, and their objects the same for all who import them. */
async function bundle({ path, manifest }) {
  const outdir = join(path, 'bundle');
  rmSync(outdir, { recursive: true, force: true });
  const entries = [...entriesOf(manifest), ...Object.values(manifest.bin ?? {})].map(file => relative('bundle', file));
  const made = await rollup({
    input: Object.fromEntries(entries.map(file => [file.replace(/\.js$/, ''), join(path, 'dist', file)])),
    external: name => !/^[./]/.test(name) && name !== IN_ONE_FILE,
    plugins: [sourceMaps, threadCode, inOneFile(IN_ONE_FILE, outdir)],
    // In tsc's code for decorators.
    onLog: (level, log, handle) => log.code !== 'THIS_IS_UNDEFINED' && handle(level, log),
  });
  await made.write({
    dir: outdir,
    format: 'es',
    // For what several entry points share.
    chunkFileNames: 'shared.js',
    // Else a file also imports what its imports import, for nothing.
    hoistTransitiveImports: false,
    sourcemap: true,
    // They are in the package: src.
    sourcemapExcludeSources: true,
  });
}

function entriesOf(manifest) {
  return Object.values(manifest.exports ?? {}).map(entry => entry.default);
}

/** Of a library with hundreds of files, which Node loads one by one, a copy in one file, with its licences. */
function inOneFile(library, outdir) {
  let made;
  return {
    name: `${library} in one file`,
    async resolveId(name, importer) {
      if (name !== library) return null;
      made ??= bundleLibrary(library, join(outdir, `${library}.js`));
      await made;
      return { id: join(dirname(importer), `${library}.js`), external: 'relative' };
    },
  };
}

async function bundleLibrary(name, file) {
  const { outputFiles, metafile } = await build({
    ...ESBUILD,
    format: 'esm',
    absWorkingDir: root,
    external: ['reflect-metadata'],
    entryPoints: [fileURLToPath(import.meta.resolve(name))],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    metafile: true,
  });
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `/*!\n${licencesIn(metafile, root)}*/\n${outputFiles[0].text}`);
}

function watchAndBundle(each) {
  let timer;
  watch(join(each.path, 'dist'), { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => bundle(each).catch(() => {}), 100);
  });
}
