import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { swimlane, type Trace } from '@escapement/explore';
import { assert } from 'chai';
import type { BrowserContextOptions, Locator } from 'playwright-core';
import { Chromium } from '../support/chromium.js';
import { crowd, lockOrder, lostUpdate } from './made-up-traces.js';

const DESKTOP = { width: 1180, height: 900 };
const PHONE = { width: 390, height: 844 };

describe('the page of a trace in Chromium', function () {
  this.timeout(30_000);
  const chromium = new Chromium();
  chromium.installIn({ before, after });
  const folder = mkdtempSync(join(tmpdir(), 'explore-swimlane-'));
  after(() => rmSync(folder, { recursive: true }));

  /** Without scripts, as it has none: playwright's own evaluate works all the same. */
  async function open(trace: Trace, options: BrowserContextOptions = {}) {
    const file = join(folder, 'swimlane.html');
    writeFileSync(file, swimlane(trace, { title: 'loses no update', token: 'x1-2.0.0' }));
    const visit = await chromium.open(pathToFileURL(file).href, { viewport: DESKTOP, ...options });
    visit.page.setDefaultTimeout(10_000);
    return visit;
  }

  it('opens from disk, asks for nothing else, and has no errors', async () => {
    const { page, errors } = await open(lostUpdate());
    assert.equal(await page.title(), 'loses no update');
    assert.deepEqual(await page.evaluate('performance.getEntriesByType("resource").map(({ name }) => name)'), []);
    assert.deepEqual(errors, []);
  });

  it('has a lane for each task, a box for each step one below the other, and marks those of the pair', async () => {
    const { page } = await open(lostUpdate());
    assert.deepEqual(await page.locator('.head.name').allTextContents(), ['program', 'first', 'second']);
    const boxes = await Promise.all((await page.locator('.step').all()).map(boxOf));
    assert.lengthOf(boxes, 6);
    for (const [index, box] of boxes.entries()) {
      if (index > 0) assert.isAbove(box.y, boxes[index - 1]!.y + boxes[index - 1]!.height);
    }
    const lanes = boxes.map(({ x }) => x);
    assert.deepEqual([lanes[0], lanes[1], lanes[2]], [lanes[5], lanes[3], lanes[4]]);
    assert.isTrue(lanes[0]! < lanes[1]! && lanes[1]! < lanes[2]!);
    const marked = await page.locator('.step.critical').evaluateAll(all => all.map(({ id }) => id));
    assert.deepEqual(marked, ['step-2', 'step-3']);
  });

  it('draws an arrow from the step that wakes to the lane of the one that is woken, where the line of a ready task begins', async () => {
    const { page } = await open(lostUpdate());
    const arrow = await boxOf(page.locator('.arrow.to-left'));
    const waker = await boxOf(page.locator('#step-4'));
    const woken = await boxOf(page.locator('#step-5'));
    near(arrow.y, waker.y + waker.height / 2, 'in the row of the step that wakes');
    near(arrow.x, woken.x + woken.width / 2, 'to the middle of the other lane');
    near(arrow.x + arrow.width, waker.x + waker.width / 2, 'from the middle of its own');
    const ready = await boxOf(page.locator('.line.ready').last());
    near(ready.y, arrow.y, 'ready from there');
    near(ready.x, arrow.x, 'in that lane');
    near(ready.y + ready.height, woken.y + woken.height / 2, 'until its step');
  });

  it('shows all of a step while the focus is on it, reached by the Tab key, or the pointer', async () => {
    const { page } = await open(lostUpdate());
    const details = page.locator('#step-3 .details');
    assert.isFalse(await details.isVisible());
    await page.locator('#step-2').focus();
    await page.keyboard.press('Tab');
    assert.isTrue(await details.isVisible());
    assert.match(
      (await details.innerText()).replace(/\s+/g, ' '),
      /had paused.*add bank\.ts:12:5 first bank\.ts:31:5.*second/,
    );
    await page.locator('#step-1').hover();
    assert.isTrue(await page.locator('#step-1 .details').isVisible());
    const covering = await page.evaluate('document.elementFromPoint(40, innerHeight - 20).closest(".step").id');
    assert.equal(covering, 'step-1');
  });

  it('leads from the pair to its steps', async () => {
    const { page } = await open(crowd(12, 200));
    await page.locator('.card a').nth(1).click();
    const { y } = await boxOf(page.locator('#step-101'));
    assert.isTrue(y > 0 && y < DESKTOP.height);
  });

  it('tells the same in words: each step has a name, and there is a table', async () => {
    const { page } = await open(lostUpdate());
    assert.equal(
      await page.locator('#step-3').getAttribute('aria-label'),
      'Step 3 of first at 0 ms, which had paused: line 12, then ends',
    );
    await page.locator('summary').click();
    const rows = await page.locator('tbody tr').allInnerTexts();
    assert.lengthOf(rows, 6);
    assert.equal(rows[3], '3 (second of the pair)\t0\tfirst\thad paused\tline 12\tends');
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has enough contrast on a ${colorScheme} screen`, async () => {
      const { page } = await open(lockOrder(), { colorScheme });
      const selectors = ['h1', '.error', '.muted', '.card p', '.step', '.step .to', '.margin', '.margin .ms', '.badge'];
      const contrasts = await page.evaluate<[string, number][]>(CONTRASTS(selectors));
      for (const [selector, contrast] of contrasts) assert.isAtLeast(contrast, 4.5, selector);
    });
  }

  it('on a phone scrolls sideways in its lanes, not as a page, and keeps the numbers of the steps in sight', async () => {
    const { page } = await open(lockOrder(), { viewport: PHONE });
    assert.isAtMost(await page.evaluate<number>('document.documentElement.scrollWidth'), PHONE.width);
    const margin = page.locator('.margin').first();
    const before = await boxOf(margin);
    await page.locator('.scroll').evaluate(element => element.scrollBy(200, 0));
    assert.isAbove(await page.locator('.scroll').evaluate(element => element.scrollLeft), 100);
    near((await boxOf(margin)).x, before.x, 'the margin stays');
    await page.locator('#step-6').focus();
    const details = await boxOf(page.locator('#step-6 .details'));
    assert.isAtMost(details.width, PHONE.width);
    near(details.y + details.height, PHONE.height, 'at the bottom of the screen');
  });
});

async function boxOf(locator: Locator) {
  return (await locator.boundingBox())!;
}

function near(actual: number, expected: number, message: string): void {
  assert.closeTo(actual, expected, 3, message);
}

/** Of each selector: the ratio of WCAG 2 of the text of the first such element to the background behind it. In the page. */
const CONTRASTS = (selectors: readonly string[]) => `(${JSON.stringify(selectors)}).map(selector => {
  const parse = colour => colour.match(/[\\d.]+/g).map(Number);
  const linear = part => (part <= 10.31 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = colour => {
    const [r, g, b] = parse(colour).map(linear);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const element = document.querySelector(selector);
  let behind = element;
  while (parse(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
  const lights = [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor].map(luminance);
  return [selector, (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05)];
})`;
