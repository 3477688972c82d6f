import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { expect } from 'chai';
import { exampleFiles, ROOT, type Run, runExamples } from './example.js';
import { countMarkers, type Fence, fencesOf, type Marker, outputMatches, snippetOf } from './markdown.js';

function read(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

function list(folder: string): string[] {
  return readdirSync(new URL(folder, ROOT)).map(name => `${folder}${name}`);
}

/** The Markdown files in a folder and in those below it. */
function pagesBelow(folder: string): string[] {
  return readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.md') && !path.includes('node_modules'))
    .map(path => folder + path);
}

const pages = ['README.md', ...pagesBelow('docs/'), ...list('packages/').map(path => `${path}/README.md`)].filter(
  path => existsSync(new URL(path, ROOT)),
);

function checkSnippet(fence: Fence, { path, region }: Marker): void {
  const expected = snippetOf(read(path), region);
  if (fence.text !== expected) throw new Error(`the snippet is not ${path}; it should read:\n\n${expected}\n`);
}

function checkOutput(fence: Fence, path: string, run: Run | undefined): void {
  if (run === undefined) throw new Error(`there is no example ${path}`);
  if (!outputMatches(fence.text, run.output)) {
    throw new Error(`this is not what ${path} prints; it prints (times may be #.#):\n\n${run.output}\n`);
  }
}

/** The examples that a page shows the output of, and those that no other example loads: it would run them again. */
function programs(sources: readonly string[]): string[] {
  const shown = new Set(pages.flatMap(page => outputsOf(read(page))));
  const loaded = new Set(sources.flatMap(filesLoadedBy));
  return sources.filter(source => shown.has(source) || !loaded.has(source));
}

function outputsOf(page: string): string[] {
  return fencesOf(page).flatMap(({ marker }) => (marker?.kind === 'output' ? [marker.path] : []));
}

function filesLoadedBy(source: string): string[] {
  const names = read(source).matchAll(/'(\.\.?\/[^']+)\.js'/g);
  return [...names].map(([, name]) => `${join(dirname(source), name!)}.ts`);
}

describe('the docs', () => {
  // Servers do not end by themselves, and the programs beside them want arguments: net-*.spec.ts run those.
  const examples = programs(exampleFiles().filter(source => !/^docs\/examples\/(net|jobs)\//.test(source)));
  let runs: ReadonlyMap<string, Run>;

  before(async function () {
    this.timeout(300_000);
    runs = await runExamples(examples, 2);
  });

  for (const source of examples) {
    it(`${source} runs`, () => {
      const { exitCode, errors } = runs.get(source)!;
      expect(errors).to.equal('');
      expect(exitCode).to.equal(0);
    });
  }

  for (const page of pages.filter(path => countMarkers(read(path)) > 0)) {
    const fences = fencesOf(read(page));

    it(`${page} has each marker right above a fence`, () => {
      expect(fences.filter(({ marker }) => marker !== undefined)).to.have.lengthOf(countMarkers(read(page)));
    });

    for (const fence of fences) {
      const { marker, language, line } = fence;
      if (marker?.kind === 'file') {
        it(`${page}:${line} shows ${marker.path}`, () => checkSnippet(fence, marker));
      } else if (marker?.kind === 'output') {
        it(`${page}:${line} shows what ${marker.path} prints`, () =>
          checkOutput(fence, marker.path, runs.get(marker.path)));
      } else if (/^(ts|typescript)$/.test(language)) {
        it(`${page}:${line} is a real file`, () => {
          throw new Error('put <!-- file: docs/examples/NAME.ts --> above the snippet, and the snippet in that file');
        });
      }
    }
  }
});

describe('the check of the docs', () => {
  const page = [
    'Prose.',
    '',
    '<!-- file: docs/examples/a.ts#part -->',
    '```ts',
    'a();',
    '```',
    '<!-- output: docs/examples/a.ts -->',
    '',
    '```text',
    'took 1 ms',
    '```',
    '<!-- file: docs/examples/b.ts -->',
    'Prose in between.',
    '  ```ts',
    '  b();',
    '  ```',
  ].join('\n');

  it('finds each fence with the marker right above it', () => {
    expect(fencesOf(page).map(({ marker }) => marker)).to.deep.equal([
      { kind: 'file', path: 'docs/examples/a.ts', region: 'part' },
      { kind: 'output', path: 'docs/examples/a.ts', region: undefined },
      undefined,
    ]);
    expect(fencesOf(page).map(({ text }) => text)).to.deep.equal(['a();', 'took 1 ms', 'b();']);
  });

  it('notices a marker that lost its fence', () => {
    expect(countMarkers(page)).to.equal(3);
  });

  it('takes a region out of a file, without its indentation', () => {
    const source = 'x();\n  // #region part\n  if (a) {\n    b();\n  }\n  // #endregion part\n';
    expect(snippetOf(source, 'part')).to.equal('if (a) {\n  b();\n}');
    expect(snippetOf('a();\n// #region part\nb();\n// #endregion part\n', undefined)).to.equal('a();\nb();');
    expect(() => snippetOf(source, 'other')).to.throw('there is no // #region other');
  });

  it('lets a number stand for #.#, and nothing else', () => {
    expect(outputMatches('late: #.# ms (of 3)', 'late: 0.25 ms (of 3)')).to.equal(true);
    expect(outputMatches('late: #.# ms (of 3)', 'late: 12 ms (of 3)')).to.equal(true);
    expect(outputMatches('late: #.# ms (of 3)', 'late: ? ms (of 3)')).to.equal(false);
    expect(outputMatches('late: 1.5 ms', 'late: 1x5 ms')).to.equal(false);
    expect(outputMatches('one', 'one\ntwo')).to.equal(false);
  });

  it('says what a wrong snippet should read', () => {
    const wrong: Fence = { language: 'ts', text: 'nonsense', line: 1, marker: undefined };
    const path = 'docs/examples/hello.ts';
    expect(() => checkSnippet(wrong, { kind: 'file', path, region: undefined })).to.throw(read(path).trim());
    expect(() => checkOutput(wrong, path, { exitCode: 0, output: 'tick', errors: '' })).to.throw('tick');
  });
});
