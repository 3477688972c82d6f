import type { ConsoleMessage, Page } from 'playwright-core';
import { ROOT } from '../examples/example.js';
import { Chromium } from '../support/chromium.js';
import { PageServer } from '../support/page-server.js';
import { servedFile } from './served-file.js';

/** Where a program runs: in a page or in a worker of it, cross-origin isolated or not. */
export const PLACES = ['page', 'isolated page', 'worker', 'isolated worker'] as const;
export type Place = (typeof PLACES)[number];

/** What a program did in the browser. */
export interface BrowserRun {
  /** What it wrote to the console. */
  readonly output: string;
  /** What its `main` returned, if it exports one. */
  readonly value?: unknown;
  readonly error?: { readonly code: string | undefined; readonly text: string };
}

/** In the page and in the worker: imports a program, and calls its `main`. */
const HARNESS = `
  const textOf = values => values.map(String).join(' ');
  async function run(file, argument) {
    const lines = [];
    const { log } = console;
    console.log = (...values) => lines.push(textOf(values));
    const ran = {};
    try {
      const { main } = await import(file);
      if (main !== undefined) ran.value = await main(argument);
    } catch (error) {
      ran.error = { code: error?.code, text: String(error) };
    }
    console.log = log;
    return { ...ran, output: lines.join('\\n') };
  }`;

const FILES: Readonly<Record<string, string>> = {
  'page.html': `<!doctype html><meta charset="utf-8"><title>Escapement</title>
    <script>
      ${HARNESS}
      function runInWorker(file, argument) {
        const worker = new Worker('worker.js', { type: 'module' });
        return new Promise((resolve, reject) => {
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = event => reject(new Error(event.message));
          worker.postMessage([file, argument]);
        }).finally(() => worker.terminate());
      }
    </script>`,
  'worker.js': `${HARNESS} onmessage = async ({ data }) => postMessage(await run(...data));`,
};

/** Serves the workspace on the loopback interface, and runs programs of it in Chromium. */
export class BrowserStage {
  readonly #chromium = new Chromium(['--js-flags=--expose-gc']);
  readonly #server = new PageServer(path => FILES[path] ?? servedFile(path));
  readonly #pages = new Map<boolean, Page>();
  readonly #errors: (readonly string[])[] = [];

  /** Starts all of it before the tests of the suite, which skip without Chromium. */
  installIn(hooks: Parameters<Chromium['installIn']>[0]): void {
    this.#chromium.installIn(hooks);
    hooks.before(() => this.#server.start());
    hooks.after(() => this.#server.close());
  }

  /**
   * Runs a compiled file. Programs in workers may run at the same time; each has a worker of its own.
   *
   * @param onDebug gets what it writes with `console.debug`, while it runs
   */
  async run(program: URL, place: Place, argument?: unknown, onDebug?: (line: string) => void): Promise<BrowserRun> {
    const page = await this.#page(place.startsWith('isolated'));
    const call = place.endsWith('worker') ? 'runInWorker' : 'run';
    const path = program.href.slice(ROOT.href.length);
    const hear = (message: ConsoleMessage) => message.type() === 'debug' && onDebug?.(message.text());
    page.on('console', hear);
    try {
      return await page.evaluate(`${call}('./${path}', ${JSON.stringify(argument)})`);
    } finally {
      page.off('console', hear);
    }
  }

  /** What the pages have complained about so far. */
  get errors(): string[] {
    return this.#errors.flat();
  }

  async #page(isIsolated: boolean): Promise<Page> {
    const open = this.#pages.get(isIsolated);
    if (open !== undefined) return open;
    const address = isIsolated ? this.#server.isolatedAddress('page.html') : this.#server.address('page.html');
    const { page, errors } = await this.#chromium.open(address);
    this.#errors.push(errors);
    this.#pages.set(isIsolated, page);
    return page;
  }
}
