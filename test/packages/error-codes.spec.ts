import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { publishedPackages, root } from '../architecture/workspace.js';

interface Row {
  readonly code: string;
  /** Empty for a warning. */
  readonly classes: readonly string[];
  readonly packages: readonly string[];
}

/** The rows of docs/errors.md, in their order, table by table. */
const tables: readonly (readonly Row[])[] = readFileSync(join(root, 'docs/errors.md'), 'utf8')
  .split(/^## /m)
  .slice(1)
  .map(section =>
    section
      .split('\n')
      .filter(line => line.startsWith('| `ESC_'))
      .map(line => {
        const cells = line.split('|').map(cell => cell.trim().replaceAll('`', ''));
        assert.notInclude(cells.slice(1, -1), '', line);
        const [, code = '', ...more] = cells;
        const [classes, packages = ''] = more.length > 4 ? more : ['', more[0]];
        return { code, classes: listOf(classes), packages: listOf(packages) };
      }),
  );
const rows = tables.flat();

function listOf(cell = ''): string[] {
  return cell === '' ? [] : cell.split(', ');
}

/** The text of a package's code, without comments. */
const codeOf = new Map(
  publishedPackages.map(({ folder, path }) => {
    const files = readdirSync(join(path, 'src'), { recursive: true, encoding: 'utf8' }).filter(file =>
      file.endsWith('.ts'),
    );
    const texts = files.map(file => readFileSync(join(path, 'src', file), 'utf8'));
    return [folder, texts.join('\n').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')] as const;
  }),
);

describe('the page of errors', () => {
  it('has each code of the packages, and no other', () => {
    const used = [...codeOf.values()].flatMap(text => text.match(/\bESC_[A-Z_]*[A-Z]\b/g) ?? []);
    assert.sameMembers(
      rows.map(({ code }) => code),
      [...new Set(used)],
    );
  });

  it('names the packages that make the error, and classes that they or core have', () => {
    for (const { code, classes, packages } of rows) {
      const folders = packages.map(name => name.replace(/ and others$/, ''));
      const text = [...folders, 'core']
        .map(folder => codeOf.get(folder) ?? assert.fail(`${code}: no ${folder}`))
        .join('');
      for (const name of classes) assert.match(text, new RegExp(`class ${name}\\b`), code);
      for (const folder of folders.slice(0, 1)) assert.include(codeOf.get(folder), code);
    }
  });

  it('names each class that has a code of its own, and each that is made with the code', () => {
    const classesOf = new Map(rows.map(({ code, classes }) => [code, classes]));
    const [owned, made] = [
      /\bcode = '(ESC_\w+)'|super\(\s*'(ESC_\w+)'|return '(ESC_\w+)' as const/g,
      /new (\w+Error)\(\s*'(ESC_\w+)'/g,
    ];
    for (const text of codeOf.values()) {
      for (const [body, name] of text.matchAll(/^export (?:abstract )?class (\w+)[\s\S]*?^}/gm)) {
        for (const [, ...codes] of body.matchAll(owned)) assert.include(classesOf.get(codes.join('')) ?? [], name!);
      }
      for (const [, name, code] of text.matchAll(made)) assert.include(classesOf.get(code!) ?? [], name!, code);
    }
  });

  it('is in the order of the alphabet', () => {
    for (const table of tables) {
      const codes = table.map(({ code }) => code);
      assert.deepEqual(codes, [...codes].sort());
    }
  });
});
