// Makes what `@escapement/lab` needs of its folder `page`: a report without its data, and the code that draws a picture in Node. Each has
// its libraries in it, with their licences, so that the package depends on none of them.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { licencesIn } from './licences.mjs';

const root = join(import.meta.dirname, '..');
const lab = join(root, 'packages/lab');

export async function bundlePages() {
  const folder = join(lab, 'bundle');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const [report, picture, style] = await Promise.all([
    bundled('report.ts', { format: 'esm', platform: 'browser' }),
    bundled('picture.ts', { format: 'cjs', platform: 'node' }),
    minifiedStyle('page.css'),
  ]);
  writeFileSync(join(folder, 'report.html'), page('report.html', { style, script: report }));
  writeFileSync(join(folder, 'picture.cjs'), picture);
}

async function bundled(file, options) {
  const { outputFiles, metafile } = await build({
    ...options,
    absWorkingDir: root,
    entryPoints: [join(lab, 'page', file)],
    bundle: true,
    minify: true,
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    write: false,
  });
  return `/*!\n${licencesIn(metafile, root)}*/\n${outputFiles[0].text}`;
}

async function minifiedStyle(file) {
  const { outputFiles } = await build({ entryPoints: [join(lab, 'page', file)], minify: true, write: false });
  return outputFiles[0].text;
}

function page(file, parts) {
  const template = readFileSync(join(lab, 'page', file), 'utf8');
  return Object.entries(parts).reduce((text, [name, part]) => text.replace(`/* ${name} */`, () => part), template);
}
