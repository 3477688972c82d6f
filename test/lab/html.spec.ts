import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { htmlReport, type Results, type Row, svgPicture } from '@escapement/lab';
import { isHit, summarize } from '@escapement/lab/internal';
import { assert } from 'chai';
import type { Page } from 'playwright-core';
import { Chromium } from '../support/chromium.js';
import { madeUpResults } from './made-up-results.js';

const MOST_BYTES = 2_000_000;
const DESKTOP = { width: 1180, height: 900 };
const ANSWER = ['For 1 kHz ticks here: hybrid.', 'If CPU matters most: atomics-wait.'];

describe('the HTML report', function () {
  this.timeout(30_000);
  const chromium = new Chromium();
  chromium.installIn({ before, after });
  const folder = mkdtempSync(join(tmpdir(), 'lab-report-'));
  after(() => rmSync(folder, { recursive: true }));
  const results = madeUpResults({ rounds: 6, samples: 100, why: true });
  const small = madeUpResults({ rounds: 2, samples: 20 });

  async function openReport(of: Results, answer: readonly string[] = ANSWER) {
    const file = join(folder, 'report.html');
    writeFileSync(file, htmlReport(of, { answer }));
    const visit = await chromium.open(pathToFileURL(file).href, { viewport: DESKTOP });
    await visit.page.waitForSelector('#downloads');
    return visit;
  }

  describe('of a whole run', () => {
    const rows = rowsAt(results, 'metronome', 1000);
    let page: Page;
    let errors: readonly string[];
    before(async function () {
      this.timeout(30_000);
      ({ page, errors } = await openReport(results));
      page.setDefaultTimeout(10_000);
      await page.waitForSelector('[data-chart=heat-map] svg');
    });
    after(() => page?.context().close());
    afterEach(() => assert.deepEqual(errors, []));

    it('opens from disk and asks for nothing else', async () => {
      const requests = await page.evaluate('performance.getEntriesByType("resource").map(({ name }) => name)');
      assert.deepEqual(requests, []);
      assert.deepEqual(await page.locator('.answer p').allTextContents(), ANSWER);
    });

    it('reaches every control by the Tab key, and the results at once', async () => {
      const controls = page.locator('button, a, select, input');
      assert.isAbove(await controls.count(), 20);
      assert.equal(await controls.evaluateAll(elements => elements.filter(each => each.tabIndex < 0).length), 0);
      await page.keyboard.press('Tab');
      assert.equal(await page.locator(':focus').textContent(), 'To the results');
    });

    it('has a mark for each row in each chart', async () => {
      const rounds = rows.reduce((sum, row) => sum + row.rounds.length, 0);
      const marks = (chart: string, selector: string) => page.locator(`[data-chart=${chart}] ${selector}`).count();
      assert.equal(await marks('main', '.points path'), rows.length);
      assert.equal(await marks('main', '.label text'), rows.length);
      assert.equal(await marks('survival', '.curve path'), rows.length);
      assert.equal(await marks('rounds', '.rounds path'), rounds);
      assert.equal(await marks('over-time', '.spans rect'), rounds);
      assert.equal(await marks('why', '.parts rect'), 6 * rows.filter(row => row.why !== undefined).length);
      assert.equal(await marks('cold', '.warm circle'), rows.length);
      assert.equal(await marks('heat-map', '.cells rect'), scenarioOf(results, 'metronome').rows.length);
    });

    it('marks the rounds that were held up from outside', async () => {
      const hit = rows.reduce((sum, row) => sum + row.rounds.filter(isHit).length, 0);
      assert.isAbove(hit, 0);
      assert.equal(await page.locator('[data-chart=over-time] .hits text').count(), hit);
    });

    it('says in words what a chart shows', async () => {
      const chart = page.locator('[data-chart=main] svg');
      assert.equal(await chart.getAttribute('role'), 'img');
      const label = await chart.getAttribute('aria-label');
      assert.match(label!, /Pareto front: .*hybrid slack=1 2\.\d+ µs late, CPU 6\.\d+ %/);
    });

    it('has labels in the main picture that do not cover each other', async () => {
      assert.deepEqual(await overlappingLabels(page), []);
    });

    it('sorts its tables, by keyboard, too', async () => {
      const table = page.locator('#tables table').first();
      const heading = table.getByRole('button', { name: 'p50', exact: true });
      const column = 1 + (await table.locator('thead button').allTextContents()).indexOf('p50');
      const figures = async () => {
        const texts = await table.locator(`tbody tr > :nth-child(${column})`).allTextContents();
        return texts.map(text => Number(text.replace(',', '')));
      };
      await heading.focus();
      await page.keyboard.press('Enter');
      assert.equal(await table.locator(`thead th:nth-child(${column})`).getAttribute('aria-sort'), 'ascending');
      const ascending = await figures();
      assert.lengthOf(ascending, scenarioOf(results, 'metronome').rows.length);
      assert.deepEqual(
        ascending,
        ascending.toSorted((a, b) => a - b),
      );
      await heading.click();
      assert.equal(await table.locator('thead th[aria-sort=descending]').count(), 1);
      assert.deepEqual(await figures(), ascending.toReversed());
    });

    it('hands its data out', async () => {
      assert.deepEqual(JSON.parse(await download(page, 'Download JSON')), results);
      const lines = (await download(page, 'Download CSV')).trimEnd().split('\r\n');
      const samples = allRows(results).flatMap(row => row.rounds.flatMap(round => round.samplesUs));
      assert.lengthOf(lines, 1 + samples.length);
      const first = scenarioOf(results, 'metronome').rows[0]!.rounds[0]!;
      assert.equal(lines[1], `metronome,busy-wait,100,Hz,0,${first.at},0,${first.samplesUs[0]}`);
    });

    it('is dark where the system is, unless told otherwise', async () => {
      await isBright(page, true);
      await page.emulateMedia({ colorScheme: 'dark' });
      await isBright(page, false);
      await page.getByRole('radio', { name: 'Light' }).check();
      await isBright(page, true);
      await page.getByRole('radio', { name: 'Auto' }).check();
      await isBright(page, false);
    });

    it('saves its main picture as SVG and PNG, in light colours', async () => {
      const svg = await download(page, 'Save as SVG');
      assert.match(svg, /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
      assert.include(svg, 'metronome, 1000 Hz');
      assert.include(svg, 'hybrid slack=1');
      assert.include(svg, 'background: rgb(255, 255, 255)');
      const png = Buffer.from(await download(page, 'Save as PNG', 'latin1'), 'latin1');
      assert.equal(png.toString('latin1', 1, 4), 'PNG');
      assert.equal(png.readUInt32BE(16), 1440);
    });

    it('fits a phone', async () => {
      await page.setViewportSize({ width: 390, height: 844 });
      await page.waitForFunction('document.querySelector("[data-chart=main] svg").getAttribute("width") < 390');
      assert.isAtMost(await page.evaluate<number>('document.documentElement.scrollWidth'), 390);
      await page.setViewportSize(DESKTOP);
    });

    it('shows another setting, another scenario and another quantile, by keyboard, too', async () => {
      const title = page.locator('#main h2');
      assert.match((await title.textContent())!, /1000 Hz$/);
      await page.getByRole('radio', { name: '1000 Hz' }).focus();
      await page.keyboard.press('ArrowLeft');
      assert.match((await title.textContent())!, /: 100 Hz$/);
      await page.getByRole('radio', { name: 'lateness' }).check();
      await page.getByRole('radio', { name: '0.1 ms' }).check();
      await page.waitForSelector('[data-chart=main] svg');
      const points = page.locator('[data-chart=main] .points path');
      assert.equal(await points.count(), rowsAt(results, 'lateness', 0.1).length);
      await page.locator('#main').getByRole('radio', { name: '99th percentile' }).check();
      const label = await page.locator('[data-chart=main] svg').getAttribute('aria-label');
      assert.include(label, 'Lateness (99th percentile)');
    });
  });

  it('runs nothing that comes with the results', async () => {
    const attack = `</script><script>window.hacked = 1</script><img src=x onerror="window.hacked = 1">'"$&`;
    const { page, errors } = await openReport(
      { ...renamed(small, 'hybrid', attack), partial: attack, machine: { ...small.machine, cpu: attack } },
      [attack],
    );
    await page.waitForSelector('[data-chart=main] svg');
    assert.isUndefined(await page.evaluate('window.hacked'));
    assert.deepEqual(errors, []);
    assert.equal(await page.locator('.answer p').textContent(), attack);
    assert.isAbove(await page.locator('tbody th', { hasText: attack }).count(), 0);
    await page.context().close();
  });

  it('shows what is 0 or below at the end of a logarithmic axis, and marks it', async () => {
    const { page, errors } = await openReport(early(small, 'epoll'));
    assert.deepEqual(await page.locator('[data-chart=main] text', { hasText: '▼' }).allTextContents(), ['▼']);
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('leaves out what needs processor time where there is none, as in virtual time', async () => {
    const { page, errors } = await openReport(withoutCpu(small));
    await page.waitForSelector('[data-chart=survival] svg');
    assert.equal(await page.locator('[data-chart=main]').count(), 0);
    assert.notInclude(await page.locator('thead').first().textContent(), 'CPU');
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('weighs no processor time against virtual time', async () => {
    const { page, errors } = await openReport(
      mapRows(small, row => ({ ...row, subject: { ...row.subject, kind: 'policy', waits: null } })),
    );
    await page.waitForSelector('[data-chart=over-time] svg');
    assert.equal(await page.locator('[data-chart=main]').count(), 0);
    assert.equal(await page.locator('[data-chart=over-time] .hits text').count(), 0);
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('says so if nothing was measured, or not all', async () => {
    const nothing = mapRows(small, row => ({ ...row, rounds: [], cold: null, summary: null, failure: 'it broke' }));
    const { page, errors } = await openReport({ ...nothing, partial: 'interrupted' });
    const text = await page.locator('main').textContent();
    assert.include(text, 'Not all that was planned was measured: interrupted.');
    assert.include(text, 'There are no figures to draw.');
    assert.include(text, 'it broke');
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('has at most 2 MB, and leaves samples out rather than be larger', async () => {
    const large = madeUpResults({ rounds: 30, samples: 600 });
    const report = htmlReport(large);
    assert.isAtMost(Buffer.byteLength(report), MOST_BYTES);
    assert.isAbove(Buffer.byteLength(report), MOST_BYTES / 4);
    const { page, errors } = await openReport(large);
    assert.match((await page.locator('.note').first().textContent())!, /one sample in [248] is in it/);
    const kept: Results = JSON.parse(await download(page, 'Download JSON'));
    const [before, after] = [large, kept].map(each => rowsAt(each, 'metronome', 1000)[0]!);
    assert.deepEqual(after!.summary, before!.summary);
    const [all, some] = [before!, after!].map(row => row.rounds[0]!.samplesUs);
    assert.isBelow(some!.length, all!.length);
    assert.includeMembers([...some!], [Math.min(...all!), Math.max(...all!)]);
    assert.deepEqual(errors, []);
    await page.context().close();
  });
});

describe('the picture for a README', () => {
  const results = madeUpResults();

  it('is an SVG that names every row, with all it needs in it', () => {
    const svg = svgPicture(results, { scenario: 'metronome', setting: 1000 });
    assert.match(svg, /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    assert.include(svg, 'width="720"');
    for (const { subject } of rowsAt(results, 'metronome', 1000)) assert.include(svg, `>${subject.name}<`);
    assert.notMatch(svg, /href=|url\(|@import|<script/);
  });

  it('differs by setting and by theme', () => {
    const pictures = [
      svgPicture(results, { scenario: 'metronome', setting: 100 }),
      svgPicture(results, { scenario: 'metronome', setting: 1000 }),
      svgPicture(results, { scenario: 'metronome', setting: 1000, theme: 'dark' }),
    ];
    assert.lengthOf([...new Set(pictures)], 3);
  });

  it('is of the highest rate unless told otherwise', () => {
    assert.equal(svgPicture(results), svgPicture(results, { scenario: 'metronome', setting: 1000 }));
    assert.throws(() => svgPicture(withoutCpu(results)), 'no picture: it takes lateness and CPU.');
  });

  it('takes a name as text', () => {
    const svg = svgPicture(renamed(results, 'hybrid', '<b>&"'), { scenario: 'metronome', setting: 1000 });
    assert.include(svg, '&lt;b&gt;&amp;');
    assert.notInclude(svg, '<b>');
  });

  it('tells what there is if there is no such setting', () => {
    assert.throws(
      () => svgPicture(results, { scenario: 'metronome', setting: 7 }),
      'no picture of metronome at 7: it takes lateness and CPU. The results have metronome (100, 1000) and lateness (0.1, 1, 5, 16.7).',
    );
  });
});

function scenarioOf({ scenarios }: Results, name: string) {
  return scenarios.find(scenario => scenario.name === name)!;
}

function rowsAt(results: Results, name: string, setting: number): Row[] {
  return scenarioOf(results, name).rows.filter(row => row.setting === setting && row.summary !== null);
}

function allRows({ scenarios }: Results): Row[] {
  return scenarios.flatMap(({ rows }) => rows);
}

function mapRows(results: Results, map: (row: Row) => Row): Results {
  return { ...results, scenarios: results.scenarios.map(scenario => ({ ...scenario, rows: scenario.rows.map(map) })) };
}

function renamed(results: Results, from: string, to: string): Results {
  return mapRows(results, row => (row.subject.name === from ? { ...row, subject: { ...row.subject, name: to } } : row));
}

function withoutCpu(results: Results): Results {
  return mapRows(results, row => ({
    ...row,
    summary: row.summary && { ...row.summary, cpuPercent: null, cpuUsPerSample: null },
  }));
}

/** A subject that wakes too early, always. */
function early(results: Results, name: string): Results {
  return mapRows(results, row => {
    if (row.subject.name !== name) return row;
    const rounds = row.rounds.map(round => ({ ...round, samplesUs: round.samplesUs.map(() => -3) }));
    return { ...row, rounds, summary: summarize(rounds, row.cold) };
  });
}

async function download(page: Page, button: string, encoding: BufferEncoding = 'utf8'): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()]);
  return readFileSync(await file.path(), encoding);
}

/** Pairs of texts of which one covers a part of the other. */
async function overlappingLabels(page: Page): Promise<string[]> {
  const labels = await page
    .locator('[data-chart=main] .label text')
    .evaluateAll(texts => texts.map(text => ({ text: text.textContent, box: text.getBoundingClientRect() })));
  return labels.flatMap((a, n) =>
    labels
      .slice(n + 1)
      .filter(({ box }) => {
        const width = Math.min(a.box.x + a.box.width, box.x + box.width) - Math.max(a.box.x, box.x);
        const height = Math.min(a.box.y + a.box.height, box.y + box.height) - Math.max(a.box.y, box.y);
        // The boxes of letters are higher than the letters.
        return width > 2 && height > 4;
      })
      .map(b => `${a.text} and ${b.text}`),
  );
}

/** Waits until the backgrounds of page and chart are nearly white, or nearly black. */
async function isBright(page: Page, expected: boolean): Promise<void> {
  const lightness = (selector: string) =>
    `getComputedStyle(document.querySelector('${selector}')).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)`;
  for (const selector of ['body', '[data-chart=main] svg']) {
    await page.waitForFunction(`${lightness(selector)}.every(part => ${expected ? 'part > 200' : 'part < 60'})`);
  }
}
