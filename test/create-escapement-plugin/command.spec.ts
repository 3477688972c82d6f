import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { CreateError, createPlugin, type PluginKind } from 'create-escapement-plugin';
import { type CreateRun, CTRL_C, DOWN, ENTER, runCreate, runInTerminal } from './run-create.js';

describe('create-escapement-plugin', function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'create-escapement-plugin-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('without a terminal, asked wrongly, writes nothing, exits with 2 and one line that says what to write', async () => {
    const cases: [string[], RegExp][] = [
      [[], /missing: a name and a --kind\. Write: npm create .* -- --kind event, or .*ESC_CREATE_MISSING_ANSWER/],
      [
        ['my-event'],
        /missing: a --kind\. Write: npm create escapement-plugin my-event -- --kind event.*MISSING_ANSWER/,
      ],
      [['--kind', 'policy'], /missing: a name\. Write: .* --kind policy\..*MISSING_ANSWER/],
      [['my-event', '--kind', 'evnt'], /"evnt" is no kind.*event, strategy, policy, callback.*ESC_CREATE_UNKNOWN_KIND/],
      [['My Event', '--kind', 'event'], /"My Event".*like my-event.*ESC_CREATE_INVALID_NAME/],
      [['@me/..', '--kind', 'event'], /ESC_CREATE_INVALID_NAME/],
      [['../escape', '--kind', 'event'], /ESC_CREATE_INVALID_NAME/],
      [['my-event', '--kid', 'event'], /Unknown option '--kid'.*ESC_CREATE_USAGE/],
      [['my-event', 'event'], /no --kind before event.*lone --\..*-- --kind event.*ESC_CREATE_USAGE/],
      [['my', 'event-', '--kind', 'event'], /one name too many: event-.*ESC_CREATE_USAGE/],
    ];
    const runs = await Promise.all(cases.map(([args]) => runCreate(folder, ...args)));
    for (const [index, { status, stdout, stderr }] of runs.entries()) {
      assert.match(stderr, cases[index]![1]);
      assert.match(stderr, /^create-escapement-plugin: .*\n$/);
      assert.deepEqual([status, stdout], [2, '']);
    }
    assert.deepEqual(readdirSync(folder), []);
  });

  it('writes into an empty folder, prints the next steps, and leaves a folder alone that is not empty', async () => {
    mkdirSync(join(folder, 'my-event'));
    const args = ['@me/my-event', '--kind', 'event'];
    const { status, stdout, stderr } = await runCreate(folder, ...args);
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(
      stdout,
      /@me\/my-event is ready: an event .*TypeScript[\s\S]*cd my-event\n {2}npm install\n {2}npm test\n/,
    );
    assert.notInclude(stdout, '\x1b');

    const readme = join(folder, 'my-event', 'README.md');
    writeFileSync(readme, 'mine');
    const again = await runCreate(folder, ...args);
    assert.match(again.stderr, /my-event exists and is not empty.*ESC_CREATE_FOLDER_IN_USE/);
    assert.deepEqual([again.status, readFileSync(readme, 'utf8')], [2, 'mine']);
  });

  it('leaves a file alone that has the name of the folder', () => {
    writeFileSync(join(folder, 'my-event'), 'mine');
    const error = thrownBy(() => createPlugin({ name: 'my-event', kind: 'event', language: 'typescript' }, folder));
    assert.equal(error.code, 'ESC_CREATE_FOLDER_IN_USE');
  });

  it('checks what a program asks for', () => {
    const kind = 'evnt' as PluginKind;
    const error = thrownBy(() => createPlugin({ name: 'my-event', kind, language: 'typescript' }, folder));
    assert.equal(error.code, 'ESC_CREATE_UNKNOWN_KIND');
    assert.deepEqual(readdirSync(folder), []);
  });

  describe('in a terminal', () => {
    before(function () {
      if (spawnSync('script', ['--version']).status === 0) return;
      console.log('    skipped: needs script, of util-linux');
      this.skip();
    });

    it('asks for all that is missing, and again for a name that cannot be', async () => {
      const run = await runInTerminal(
        folder,
        [],
        [
          [/name of its package/, `My${ENTER}`],
          [/capital/, `\x7f\x7fmy-policy${ENTER}`],
          [/add to a loop/, `${DOWN}${DOWN}${ENTER}`],
          [/which language/, `${DOWN}${ENTER}`],
        ],
      );
      assert.equal(run.status, 0, run.stdout);
      assert.match(textOf(run), /my-policy is ready: a scheduling policy for Escapement, in JavaScript/);
      assert.include(readdirSync(join(folder, 'my-policy/src')), 'background-last-policy.js');
    });

    it('asks nothing if name and kind are given', async () => {
      const run = await runInTerminal(folder, ['my-event', '--kind', 'event'], []);
      assert.equal(run.status, 0, run.stdout);
      assert.match(textOf(run), /my-event is ready: an event for Escapement, in TypeScript/);
    });

    it('writes nothing if it is interrupted', async () => {
      const run = await runInTerminal(folder, ['my-event'], [[/add to a loop/, CTRL_C]]);
      assert.equal(run.status, 130, run.stdout);
      assert.match(textOf(run), /Nothing was written/);
      assert.deepEqual(readdirSync(folder), []);
    });
  });
});

function thrownBy(act: () => void): CreateError {
  try {
    act();
  } catch (error) {
    assert.instanceOf(error, CreateError);
    return error;
  }
  assert.fail('nothing was thrown');
}

/** Without the codes of the terminal. */
function textOf({ stdout }: CreateRun): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes begin with one
  return stdout.replaceAll(/\x1b\[[\d;?]*[A-Za-z]/g, '');
}
