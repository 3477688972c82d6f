// Makes what `@escapement/lab` needs of its folder `page`: a report without its data, the lab as a web page, and the code that draws a
// picture in Node. Each has its libraries in it, with their licences, so that the package depends on none of them.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { licencesIn } from './licences.mjs';

const root = join(import.meta.dirname, '..');
const lab = join(root, 'packages/lab');
const bundle = join(lab, 'bundle');

/** @param whenPackagesAreBundled the lab in a page takes in the packages as they are published */
export async function bundlePages(whenPackagesAreBundled) {
  rmSync(bundle, { recursive: true, force: true });
  mkdirSync(bundle);
  const style = minifiedStyle('page.css');
  await Promise.all([
    bundled('report.ts').then(async script => write('report.html', page('report.html', await style, script))),
    bundled('picture.ts', { format: 'cjs', platform: 'node' }).then(code => write('picture.cjs', code)),
    whenPackagesAreBundled
      // The packages have other licences at their heads.
      .then(() => bundled('web/lab.ts', { legalComments: 'eof' }))
      .then(async script => write('lab.html', page('web/lab.html', await style, script))),
  ]);
}

/** `import code from './x.js?worker'` is the code of a worker, as a string. */
const workerCode = {
  name: 'worker code',
  setup(building) {
    building.onResolve({ filter: /\?worker$/ }, ({ path, importer }) => ({
      path: join(dirname(importer), path.replace(/\.js\?worker$/, '.ts')),
      namespace: 'worker',
    }));
    building.onLoad({ filter: /.*/, namespace: 'worker' }, async ({ path }) => {
      const { outputFiles } = await build(optionsFor(path));
      return { contents: outputFiles[0].text, loader: 'text' };
    });
  },
};

function optionsFor(entry) {
  return {
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    // Reports of missing \`yield*\` show the names of functions.
    keepNames: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    // Imported only where they are: in Node.
    external: ['@escapement/io', 'node:*'],
    define: { LAB_VERSION: JSON.stringify(JSON.parse(readFileSync(join(lab, 'package.json'), 'utf8')).version) },
    plugins: [workerCode],
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    write: false,
  };
}

async function bundled(file, options) {
  const { outputFiles, metafile } = await build({ ...optionsFor(join(lab, 'page', file)), ...options });
  return `/*!\n${licencesIn(metafile, root)}*/\n${outputFiles[0].text}`;
}

async function minifiedStyle(file) {
  const { outputFiles } = await build({ entryPoints: [join(lab, 'page', file)], minify: true, write: false });
  return outputFiles[0].text;
}

function page(file, style, script) {
  const template = readFileSync(join(lab, 'page', file), 'utf8');
  // Functions: in a text `$&` would have a meaning.
  return template.replace('/* style */', () => style).replace('/* script */', () => script);
}

function write(file, text) {
  writeFileSync(join(bundle, file), text);
}
