import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { ROOT } from './example.js';
import { fencesOf } from './markdown.js';

const FOLDER = 'docs/examples/coming-from/';
/** What runs a program that is written with another library. */
const COMMANDS: Readonly<Record<string, string>> = { py: 'python3', mjs: process.execPath };

interface Other {
  readonly file: string;
  readonly library: string;
  readonly command: string;
}

/** `with-trio.py` says in trio what `trio.ts` says here. Programs in Kotlin are there to be read. */
function programsOfOthers(): Other[] {
  return readdirSync(new URL(FOLDER, ROOT)).flatMap(file => {
    const [, library, suffix] = /^with-(.+)\.(\w+)$/.exec(file) ?? [];
    const command = suffix === undefined ? undefined : COMMANDS[suffix];
    return library === undefined || command === undefined ? [] : [{ file, library, command }];
  });
}

function run({ command, file }: Other): Promise<{ readonly output: string; readonly errors: string }> {
  return new Promise(resolve => {
    const path = fileURLToPath(new URL(FOLDER + file, ROOT));
    execFile(command, [path], { timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ output: stdout.trimEnd(), errors: error === null ? '' : `${error.message}\n${stderr}` }),
    );
  });
}

/** What the program of this project prints, which the test of the docs compares. */
function outputOnPage(library: string): string | undefined {
  const page = readFileSync(new URL(`docs/coming-from/${library}.md`, ROOT), 'utf8');
  return fencesOf(page).find(({ marker }) => marker?.kind === 'output')?.text;
}

/** Python, or a library of it, may not be installed. */
const lacks = (library: string, errors: string) =>
  /ENOENT|EACCES/.test(errors) ? 'python3' : errors.includes(`No module named '${library}'`) ? library : undefined;

describe('the programs of other libraries, and the same programs here', function () {
  this.timeout(120_000);

  it('are in the folder that this looks at', () => {
    expect(programsOfOthers().map(({ library }) => library)).to.include.members([
      'async-await',
      'asyncio',
      'effect',
      'effection',
      'trio',
    ]);
  });

  for (const other of programsOfOthers()) {
    it(`${other.file} prints what ${other.library}.ts prints`, async function () {
      const theirs = await run(other);
      const need = lacks(other.library, theirs.errors);
      if (need !== undefined) {
        console.log(`      skipped: needs ${need}`);
        return this.skip();
      }
      expect(theirs.errors).to.equal('');
      expect(theirs.output).to.equal(outputOnPage(other.library));
    });
  }
});
