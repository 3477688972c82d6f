import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { outline } from './markdown.mjs';

/** Folders below docs/ whose Markdown files are no pages unless contents.mjs names them. */
const NO_PAGES = ['docs/site/', 'docs/dist/', 'docs/examples/'];

/**
 * The sections of contents.mjs with the titles of their pages.
 *
 * @throws {Error} if a page is missing, has no title, or is in no section
 * @returns {{ title: string, pages: { file: string, title: string }[] }[]}
 */
export function readSections(root, contents) {
  const sections = contents
    .map(({ title, pages }) => ({ title, pages: pages.flatMap(page => filesOf(root, page)) }))
    .filter(({ pages }) => pages.length > 0);
  const named = sections.flatMap(({ pages }) => pages);
  const written = readdirSync(join(root, 'docs'), { recursive: true })
    .map(name => `docs/${name.replaceAll('\\', '/')}`)
    .filter(file => file.endsWith('.md') && !NO_PAGES.some(folder => file.startsWith(folder)));
  const problems = [
    ...named.filter(file => !existsSync(join(root, file))).map(file => `${file} does not exist`),
    ...named.filter((file, index) => named.indexOf(file) < index).map(file => `${file} is there twice`),
    ...written.filter(file => !named.includes(file)).map(file => `${file} is in no section`),
  ];
  if (problems.length > 0) throw new Error(`docs/site/contents.mjs: ${problems.join('; ')}`);
  return sections.map(({ title, pages }) => ({
    title,
    pages: pages.map(file => ({ file, title: titleOf(root, file) })),
  }));
}

function filesOf(root, page) {
  if (typeof page === 'string') return [page];
  const names = readdirSync(join(root, page.folder)).filter(name => name.endsWith('.md'));
  const isReadme = name => name === 'README.md';
  return [...names.filter(isReadme), ...names.filter(name => !isReadme(name)).sort()].map(
    name => `${page.folder}/${name}`,
  );
}

function titleOf(root, file) {
  const [first] = outline(readFileSync(join(root, file), 'utf8'));
  if (first?.level !== 1) throw new Error(`${file} does not begin with a title: "# ..."`);
  return first.title;
}
