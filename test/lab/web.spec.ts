import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { parseResults, type Results, type Row } from '@escapement/lab';
import { assert } from 'chai';
import type { Page } from 'playwright-core';
import { root } from '../architecture/workspace.js';
import { Chromium } from '../support/chromium.js';

describe('the lab as a web page', function () {
  this.timeout(60_000);
  const chromium = new Chromium();
  chromium.installIn({ before, after });
  let server: ChildProcess;
  let address: string;
  before(async () => {
    server = spawn(process.execPath, ['packages/lab/dist/bin/escapement-lab.js', 'web', '--port', '0'], { cwd: root });
    const [text] = await once(server.stdout!, 'data');
    address = /http:\/\/[^/\s]+/.exec(String(text))![0];
  });
  after(() => server?.kill());

  /** Both at once: they spend most of their time asleep. */
  let [isolated, plain]: Promise<{ page: Page; errors: readonly string[] }>[] = [];
  before(() => {
    [isolated, plain] = [start('/'), start('/plain')];
  });

  /** The shortest run that there is, one round, if it is not said how long. */
  async function start(
    path: string,
    what = 'ticks',
    seconds = 0.1,
  ): Promise<{ page: Page; errors: readonly string[] }> {
    const visit = await chromium.open(`${address}${path}?seconds=${seconds}`);
    await visit.page.getByLabel('What').selectOption(what);
    await visit.page.getByLabel('For').selectOption('quick');
    await visit.page.getByRole('button', { name: 'Measure' }).click();
    return visit;
  }

  async function resultsOf(page: Page): Promise<Results> {
    await page.waitForSelector('#downloads', { timeout: 50_000 });
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download JSON' }).click(),
    ]);
    return parseResults(readFileSync(await file.path(), 'utf8'), 'the download');
  }

  it('measures all that the page and a worker can run, where it is isolated', async () => {
    const { page, errors } = await isolated!;
    const results = await resultsOf(page);
    assert.isNull(results.partial);
    assert.deepEqual(
      results.scenarios.map(({ name }) => name),
      ['metronome', 'lateness'],
    );
    for (const { rows } of results.scenarios) {
      assert.includeMembers(namesOf(rows), [
        'set-timeout (page)',
        'message-channel (page)',
        'post-task (page)',
        'set-timeout (worker)',
        'message-channel (worker)',
        'post-task (worker)',
        'busy-wait (worker)',
        'atomics-wait (worker)',
        'hybrid (worker)',
      ]);
      assert.notInclude(namesOf(rows), 'busy-wait (page)');
      assert.deepEqual(
        rows.filter(row => row.failure !== null || row.summary === null || row.cold === null).map(row => row.failure),
        [],
      );
    }
    assert.match(results.machine.node, /^Chrome \d+$/);
    assert.match(
      (await page.locator('.answer').textContent())!,
      /For 1 kHz ticks here: no answer from fewer than five rounds/,
    );
    await page.waitForSelector('[data-chart=survival] svg');
    assert.equal(await page.locator('[data-chart=survival] .curve path').count(), results.scenarios[0]!.rows.length);
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('measures what does not block where it is not isolated, and says so', async () => {
    const { page, errors } = await plain!;
    const { scenarios } = await resultsOf(page);
    const rows = scenarios.flatMap(scenario => scenario.rows);
    assert.includeMembers(namesOf(rows), ['set-timeout (page)', 'message-channel (worker)', 'busy-wait (worker)']);
    assert.deepEqual(
      rows.filter(({ subject }) => subject.waits === 'blocks'),
      [],
    );
    for (const row of rows) assert.isNotNull(row.summary, row.subject.name);
    assert.include(await page.locator('#control').textContent(), 'strategies that block cannot run in it');
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('measures what another thread wakes, in workers of an isolated page', async () => {
    const { page, errors } = await start('/', 'wakeup');
    const { scenarios } = await resultsOf(page);
    const { name, rows } = scenarios[0]!;
    assert.equal(name, 'wakeup');
    assert.includeMembers(namesOf(rows), ['busy-wait (worker)', 'atomics-wait (worker)', 'set-timeout (worker)']);
    assert.deepEqual(
      rows.filter(row => row.failure !== null || row.summary === null || row.summary.early > 0).map(namedFailure),
      [],
    );
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('measures scheduling policies, isolated or not', async () => {
    for (const path of ['/', '/plain']) {
      const { page, errors } = await start(path, 'policies');
      const { rows } = (await resultsOf(page)).scenarios[0]!;
      const names = ['fifo', 'lifo', 'priority', 'earliest-deadline-first', 'fair'].map(name => `${name} (worker)`);
      assert.sameMembers(namesOf(rows), names);
      const missed = (policy: string) =>
        rows.find(({ subject }) => subject.name === `${policy} (worker)`)!.summary!.figures['urgent missed %']!;
      assert.isBelow(missed('priority'), missed('fifo') / 2);
      assert.deepEqual(errors, []);
      await page.context().close();
    }
  });

  it('measures sleepers in crowds and beside tasks that compute', async () => {
    for (const scenario of ['crowd', 'busy']) {
      const { page, errors } = await start('/plain', scenario);
      const { rows } = (await resultsOf(page)).scenarios[0]!;
      assert.includeMembers(namesOf(rows), ['set-timeout (page)', 'busy-wait (worker)']);
      assert.deepEqual(rows.filter(row => row.failure !== null).map(namedFailure), []);
      assert.deepEqual(errors, []);
      await page.context().close();
    }
  });

  it('says what a browser cannot measure, and why', async () => {
    for (const path of ['/', '/plain']) {
      const { page } = await chromium.open(`${address}${path}`);
      const text = await page.locator('#control').textContent();
      assert.include(text, 'no CPU here');
      assert.include(text, 'no sockets');
      assert.equal(await page.locator('option[value=wakeup]').isDisabled(), path === '/plain');
      await page.context().close();
    }
  });

  it('stops when it is told, and shows what there is', async () => {
    const { page, errors } = await start('/', 'ticks', 30);
    await page.locator('.doing', { hasText: 'round 1' }).waitFor({ timeout: 50_000 });
    await page.getByRole('button', { name: 'Stop' }).click();
    const { partial, scenarios } = await resultsOf(page);
    assert.equal(partial, 'interrupted');
    const rows = scenarios.flatMap(scenario => scenario.rows);
    assert.isAbove(rows.filter(row => row.rounds.length === 0).length, 0);
    assert.deepEqual(
      rows.map(row => row.failure).filter(failure => failure !== null),
      [],
    );
    assert.isTrue(await page.getByRole('button', { name: 'Measure' }).isEnabled());
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('fits a phone', async () => {
    const { page } = await chromium.open(address, { viewport: { width: 390, height: 844 } });
    assert.isAtMost(await page.evaluate<number>('document.documentElement.scrollWidth'), 390);
    await page.context().close();
  });

  it('is on this machine only, and nowhere but at its two addresses', async () => {
    assert.match(address, /^http:\/\/127\.0\.0\.1:/);
    assert.equal((await fetch(`${address}/../package.json`)).status, 404);
    const isolated = (await fetch(address)).headers;
    assert.equal(isolated.get('cross-origin-opener-policy'), 'same-origin');
    assert.equal(isolated.get('cross-origin-embedder-policy'), 'require-corp');
    assert.isNull((await fetch(`${address}/plain`)).headers.get('cross-origin-opener-policy'));
  });
});

function namesOf(rows: readonly Row[]): string[] {
  return rows.map(row => row.subject.name);
}

function namedFailure({ subject, failure }: Row): string {
  return `${subject.name}: ${failure}`;
}
