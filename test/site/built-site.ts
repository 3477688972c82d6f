import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where `npm run docs` builds it. */
export const SITE = fileURLToPath(new URL('../../../docs/site/dist/', import.meta.url));

const SCRIPT = /<(script|style)\b[^>]*>.*?<\/\1>/gs;
const TAG = /<[a-z][^\s>]*(?:\s+[^\s=>]+(?:="[^"]*")?)*\s*\/?>/gi;
const ATTRIBUTE = /\s([^\s=>]+)="([^"]*)"/g;

/** A page of the built site: what can be linked to, and what it links to. */
export interface Page {
  /** Below the folder of the site, with slashes. */
  readonly path: string;
  readonly anchors: ReadonlySet<string>;
  readonly links: readonly string[];
}

export function isBuilt(): boolean {
  return existsSync(join(SITE, 'index.html'));
}

export function readPages(folder: string): Map<string, Page> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(path => path.replaceAll('\\', '/'));
  const pages = files.filter(path => path.endsWith('.html'));
  return new Map(pages.map(path => [path, parse(path, readFileSync(join(folder, path), 'utf8'))]));
}

/** Attributes have double quotes, and text no `<`, as in all HTML that TypeDoc writes. */
export function parse(path: string, html: string): Page {
  const anchors = new Set<string>();
  const links: string[] = [];
  for (const [tag] of html.replace(SCRIPT, '').matchAll(TAG)) {
    for (const [, name, value] of tag.matchAll(ATTRIBUTE)) {
      const text = value!.replaceAll('&quot;', '"').replaceAll('&amp;', '&');
      if (name === 'id' || name === 'name') anchors.add(text);
      if ((name === 'href' && !tag.startsWith('<use')) || name === 'src') links.push(text);
    }
  }
  return { path, anchors, links };
}

/** What is wrong with a link; undefined if nothing is. */
export function faultOf(
  link: string,
  from: Page,
  pages: ReadonlyMap<string, Page>,
  folder: string,
): string | undefined {
  if (/^(?:https?|mailto):/.test(link)) return URL.canParse(link) ? undefined : 'is no address';
  if (/^(?:[a-z]+:|\/)/i.test(link)) return link.startsWith('data:') ? undefined : 'works in one place only';
  const [file = '', anchor = ''] = decodeURIComponent(link).split('#');
  const path = file === '' ? from.path : join(dirname(from.path), file).replaceAll('\\', '/');
  const page = pages.get(path);
  if (page === undefined) return /\.\w+$/.test(path) && existsSync(join(folder, path)) ? undefined : 'leads to no file';
  return anchor === '' || page.anchors.has(anchor) ? undefined : 'leads to no such anchor';
}
