import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { root } from '../architecture/workspace.js';

/** A package with all that the check looks for, and what it must let pass. */
const SOURCE = `
export class Bare { field = 1; }
/** Has one. */ export class Told {
  bare = 1;
  /** Told. */ told = 2;
  /** @internal */ hidden = 3;
  private own = 4;
}
/** See \`good\`. */ export class Heir extends Told { override told = 5; constructor(readonly given: number) { super(); } }
/** Waits for \`timeout\`. */ export interface Times { readonly timeout: number; }
/** Waits. */ export interface Good {
  /** In ms. */ readonly timeout: number;
}
/** Fails. */ export function fails(): never { throw new RangeError('always'); }
/**
 * Fails, too.
 * @throws RangeError
 * @example failsToo()
 */
export function failsToo(): never { throw new RangeError('always'); }
/** Shows nothing. */ export function lonely() {}
/** Shows \`yield* shown(5)\`. */ export function shown() {}
/**
 * Shows itself.
 * @example good()
 */
export function good() {}
/** Like \`good\`. */ export function alike() {}
/** An error. */ export class OwnError extends Error { constructor(readonly what: string) { super(what); } }
/** @internal */ export function internal() {}
`;

// `npm run check:docs` checks the packages.
describe('the check of doc comments', function () {
  this.timeout(60_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(root, 'test/dist/doc-comments-'));
    const path = join(folder, 'packages/sample');
    mkdirSync(join(path, 'src'), { recursive: true });
    const manifest = { name: 'sample', exports: { '.': { types: './dist/index.d.ts' } } };
    writeFileSync(join(path, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(path, 'tsconfig.json'), JSON.stringify({ compilerOptions: { types: [] }, include: ['src'] }));
    writeFileSync(join(path, 'src/index.ts'), SOURCE);
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('finds each name that lacks a comment, a unit, its errors or an example, and no other', () => {
    const script = join(root, 'scripts/check-doc-comments.mjs');
    const { stderr, status } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
    const found = stderr.split('\n').filter(line => line.startsWith('packages/sample/src/index.ts:'));
    expect(found.map(line => line.replace(/^\S+ /, ''))).to.have.members([
      'Bare has no doc comment',
      'Bare has no @example, and names no other public name that has one',
      'Bare.field has no doc comment',
      'Told has no @example, and names no other public name that has one',
      'Told.bare has no doc comment',
      'new Heir says nothing about its parameters',
      'Heir.given has no doc comment',
      'Times.timeout has no doc comment',
      'Times.timeout does not say the unit of timeout',
      'fails throws (RangeError), and has no @throws',
      'fails has no @example, and names no other public name that has one',
      'lonely has no @example, and names no other public name that has one',
    ]);
    expect(status).to.equal(1);
  });
});
