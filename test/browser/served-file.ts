import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { parseAst } from 'rollup/parseAst';
import { ROOT } from '../examples/example.js';

const root = fileURLToPath(ROOT);
const NODE_NAMES = 'test/dist/browser/programs/node-names.js';
/** Where what stands for modules of Node is served. */
const STAND_INS = 'modules-of-node/';

/** A name or path that code imports, and where it stands there. */
interface Source {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const made = new Map<string, Promise<string>>();

/**
 * A file of the workspace as a browser loads it: the same, but it imports addresses instead of names. A package of somebody
 * else is one file. Tests get what `node-names.ts` has of Node. A package of ours that imports a module of Node throws.
 */
export function servedFile(path: string): Promise<string> {
  const file = made.get(path) ?? makeFile(path);
  made.set(path, file);
  return file;
}

async function makeFile(path: string): Promise<string> {
  if (path.startsWith(STAND_INS)) return standIn(decodeURIComponent(path.slice(STAND_INS.length, -'.js'.length)));
  if (path.startsWith('node_modules/')) return inOneFile(path);
  if (path.startsWith('packages/') && needsNode(path)) return throwing(path);
  const code = withAddresses(path);
  return path.startsWith('test/') && path !== NODE_NAMES ? withGlobals(path, code) : code;
}

async function inOneFile(path: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [root + path],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    logLevel: 'silent',
    write: false,
  });
  return outputFiles[0]!.text;
}

/** Line by line the same: errors and stacks name what they name in Node. */
function withAddresses(path: string): string {
  let code = readFileSync(root + path, 'utf8');
  for (const { value, start, end } of sourcesIn(code).reverse()) {
    code = `${code.slice(0, start)}'${addressFrom(path, pathOf(value, path))}'${code.slice(end)}`;
  }
  return code;
}

/** In the order of the code. */
function sourcesIn(code: string): Source[] {
  const found: Source[] = [];
  const visit = (node: object): void => {
    if ('source' in node && typeof (node.source as Partial<Source> | null)?.value === 'string') {
      found.push(node.source as Source);
    }
    for (const child of Object.values(node)) if (typeof child === 'object' && child !== null) visit(child);
  };
  visit(parseAst(code).body);
  return found;
}

function needsNode(path: string): boolean {
  return sourcesIn(readFileSync(root + path, 'utf8'))
    .map(({ value }) => pathOf(value, path))
    .some(imported => imported.startsWith(STAND_INS) || (imported.startsWith('packages/') && needsNode(imported)));
}

/** Of what `importer` imports as `name`, from the root. */
function pathOf(name: string, importer: string): string {
  if (name.startsWith('node:')) return `${STAND_INS}${encodeURIComponent(name)}.js`;
  if (name.startsWith('.')) return join(dirname(importer), name);
  return relative(root, fileURLToPath(import.meta.resolve(name)));
}

function addressFrom(importer: string, path: string): string {
  return relative(dirname(importer), path).replace(/^(?!\.)/, './');
}

function withGlobals(path: string, code: string): string {
  const names = addressFrom(path, NODE_NAMES);
  const inNode = code.replaceAll('import.meta.resolve', 'resolveInNode');
  return `import { Buffer, global, process, resolveInNode, setImmediate } from '${names}'; ${inNode}`;
}

async function standIn(name: string): Promise<string> {
  return `import { moduleOfNode } from '../${NODE_NAMES}';
    const all = moduleOfNode('${name}');
    export default all;
    export const { ${await exportsOf(name)} } = all;`;
}

async function throwing(path: string): Promise<string> {
  const owner = path.split('/', 2).join('/');
  return `import { NeedsNode } from '${addressFrom(path, NODE_NAMES)}';
    export let ${await exportsOf(pathToFileURL(root + path).href)};
    throw new NeedsNode('${owner}');`;
}

async function exportsOf(module: string): Promise<readonly string[]> {
  return Object.keys(await import(module)).filter(name => name !== 'default');
}
