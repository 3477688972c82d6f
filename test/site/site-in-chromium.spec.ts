import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import type { Page as BrowserPage } from 'playwright-core';
import { Chromium, type Visit } from '../support/chromium.js';
import { isBuilt, readPages, SITE } from './built-site.js';

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
const API = [
  'api/core.html',
  'api/core/EventLoop.html',
  'api/core/SchedulingPolicy.html',
  'api/core/spawn-1.html',
  'api/combinators/all.html',
  'api/sleep.html',
  'api/sleep/module.html',
  'api/sync/Queue.html',
  'api/observe.html',
  'api/escapement.html',
];

/** What somebody looks for, and the page where he must find it first. */
const SEARCHES = [
  ['deadlock', /./],
  ['L12', /docs\/contracts\.html#l12$/],
  ['ESC_DEADLOCK', /api\/core\/DeadlockError\.html/],
  ['moveOnAfter', /api\/sleep\/moveOnAfter\.html/],
  ['Choosing a policy', /docs\/choosing-a-policy\.html/],
  ['@escapement/sync', /api\/sync/],
  ['koffi', /docs\/decisions\/0012|docs\/decisions\/0024/],
] as const;

describe('the site of the docs in Chromium, from disk', function () {
  this.timeout(60_000);
  before(function () {
    if (isBuilt()) return;
    console.log('    skipped: npm run docs has not built it');
    this.skip();
  });
  const chromium = new Chromium();
  chromium.installIn({ before, after });
  const written = isBuilt() ? [...readPages(SITE).keys()] : [];
  const guides = written.filter(path => /^(?:docs\/(?!decisions\/|examples\/.*\.ts)|[^/]+\.html$)/.test(path));

  function open(path: string, options = {}): Promise<Visit> {
    return chromium.open(pathToFileURL(join(SITE, path)).href, { viewport: DESKTOP, ...options });
  }

  for (const path of [...guides, ...API]) {
    it(`${path} has no errors, all its icons, and fits on a phone`, async () => {
      const { page, errors } = await open(path);
      await ready(page);
      expect(await page.evaluate(LOST_ICONS)).to.deep.equal([]);
      expect(await widthOf(page)).to.equal(DESKTOP.width);
      await page.setViewportSize(PHONE);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await widthOf(page), 'on a phone').to.equal(PHONE.width);
      expect(errors).to.deep.equal([]);
      await page.context().close();
    });
  }

  it('is dark on a dark screen', async () => {
    for (const [colorScheme, isDark] of [
      ['light', false],
      ['dark', true],
    ] as const) {
      const { page } = await open('index.html', { colorScheme });
      await ready(page);
      expect(await page.evaluate(IS_DARK), colorScheme).to.equal(isDark);
    }
  });

  for (const [word, where] of SEARCHES) {
    it(`finds ${word}, and leads there`, async () => {
      const { page, errors } = await open('docs/contracts.html');
      await search(page, word);
      const first = page.locator('#tsd-search-results a').first();
      expect(await first.getAttribute('href')).to.match(where);
      await first.click();
      await ready(page);
      expect((await page.locator('.col-content').innerText()).toLowerCase()).to.include(word.toLowerCase());
      expect(decodeURIComponent(page.url())).to.match(where);
      expect(errors).to.deep.equal([]);
    });
  }

  it('opens its search and its list of pages on a phone', async () => {
    const { page } = await open('index.html', { viewport: PHONE });
    await search(page, 'strategy');
    expect(await page.locator('#tsd-search-results a').count()).to.be.above(3);
    await page.keyboard.press('Escape');
    await page.locator('#tsd-toolbar-menu-trigger').click();
    await page.locator('.site-menu').getByRole('link', { name: 'Choosing a strategy' }).click();
    await page.waitForURL(/choosing-a-strategy\.html$/);
  });
});

async function search(page: BrowserPage, word: string): Promise<void> {
  await ready(page);
  await page.keyboard.press('/');
  await page.locator('#tsd-search-input').fill(word);
  await page.locator('#tsd-search-results a').first().waitFor();
}

/** The sidebar is made by a script, and nothing is shown before. */
async function ready(page: BrowserPage): Promise<void> {
  await page.locator('#tsd-nav-container a').first().waitFor({ state: 'attached' });
}

function widthOf(page: BrowserPage): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth');
}

const LOST_ICONS = `[...document.querySelectorAll('use')]
  .map(use => use.getAttribute('href'))
  .filter(href => !href.startsWith('#') || document.querySelector(href) === null)`;

const IS_DARK = `getComputedStyle(document.body).backgroundColor.match(/\\d+/g).every(part => part < 100)`;
