import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** It must look up nothing of its own: tests run without a network. */
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
];

/** A page, and what went wrong in it: errors in its console, which include failed requests; uncaught ones; a crash. */
export interface Visit {
  readonly page: Page;
  readonly errors: readonly string[];
}

/**
 * A headless Chromium of the system. Call `installIn` in a `describe`: its tests skip where there is none.
 *
 * @example
 * const chromium = new Chromium();
 * chromium.installIn({ before, after });
 * it('opens', async () => {
 *   const { page, errors } = await chromium.open('http://127.0.0.1:8080/');
 *   expect(await page.title()).to.equal('Report');
 *   expect(errors).to.deep.equal([]);
 * });
 */
export class Chromium {
  #browser: Browser | undefined;

  /** @param flags of the command line, besides those that keep it quiet */
  constructor(private readonly flags: readonly string[] = []) {}

  /** Where it is installed; undefined if it is not. */
  static path(): string | undefined {
    const folders = process.env.PATH?.split(delimiter) ?? [];
    return folders.flatMap(folder => NAMES.map(name => join(folder, name))).find(existsSync);
  }

  /** Starts it before the tests of the suite in which it is called, and closes it after them. */
  installIn(hooks: { readonly before: Mocha.HookFunction; readonly after: Mocha.HookFunction }): void {
    const start = () => this.start();
    hooks.before(async function () {
      this.timeout(30_000);
      if (Chromium.path() !== undefined) return start();
      console.log('    skipped: needs chromium');
      this.skip();
    });
    hooks.after(() => this.close());
  }

  async start(): Promise<void> {
    // As root, as in CI, it cannot have its sandbox; it loads nothing but our own pages.
    const args = [...QUIET, ...this.flags];
    this.#browser = await chromium.launch({ executablePath: Chromium.path()!, args, chromiumSandbox: false });
  }

  /** @param options of the browser context: `viewport`, `colorScheme`, `javaScriptEnabled`; each page has one of its own */
  async open(address: string, options: BrowserContextOptions = {}): Promise<Visit> {
    const context = await this.#browser!.newContext(options);
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('console', message => {
      if (message.type() === 'error') errors.push(`${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', error => errors.push(String(error)));
    page.on('crash', () => errors.push('the page crashed'));
    await page.goto(address);
    return { page, errors };
  }

  /** Ends it with all its pages. */
  async close(): Promise<void> {
    await this.#browser?.close();
    this.#browser = undefined;
  }
}
