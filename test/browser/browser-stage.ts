import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { Chromium } from '../support/chromium.js';
import { PageServer } from '../support/page-server.js';

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
  const describe = values => values.map(String).join(' ');
  async function run(file, argument) {
    const lines = [];
    const { log } = console;
    console.log = (...values) => lines.push(describe(values));
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

const FILES = {
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

/** Bundles programs, serves them on the loopback interface, and runs them in Chromium. */
export class BrowserStage {
  readonly #chromium = new Chromium();
  readonly #pages = new Map<boolean, Page>();
  readonly #errors: (readonly string[])[] = [];
  #server: PageServer | undefined;

  /** Starts all of it before the tests of the suite, which skip without Chromium. */
  installIn(hooks: Parameters<Chromium['installIn']>[0], programs: Readonly<Record<string, URL>>): void {
    this.#chromium.installIn(hooks);
    hooks.before(() => this.#serve(programs));
    hooks.after(() => this.#server?.close());
  }

  /** Runs a program by its name. Programs in workers may run at the same time; each has a worker of its own. */
  async run(program: string, place: Place, argument?: unknown): Promise<BrowserRun> {
    const page = await this.#page(place.startsWith('isolated'));
    const call = place.endsWith('worker') ? 'runInWorker' : 'run';
    return page.evaluate(`${call}('./${program}.js', ${JSON.stringify(argument)})`);
  }

  /** What the pages have complained about so far. */
  get errors(): string[] {
    return this.#errors.flat();
  }

  async #serve(programs: Readonly<Record<string, URL>>): Promise<void> {
    const { outputFiles } = await build({
      entryPoints: Object.entries(programs).map(([out, file]) => ({ in: fileURLToPath(file), out })),
      outdir: '.',
      bundle: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      logLevel: 'warning',
      write: false,
    });
    const scripts = Object.fromEntries(
      outputFiles.map(({ path, text }) => [path.slice(path.lastIndexOf('/') + 1), text]),
    );
    this.#server = new PageServer({ ...FILES, ...scripts });
    await this.#server.start();
  }

  async #page(isIsolated: boolean): Promise<Page> {
    const open = this.#pages.get(isIsolated);
    if (open !== undefined) return open;
    const server = this.#server!;
    const address = isIsolated ? server.isolatedAddress('page.html') : server.address('page.html');
    const { page, errors } = await this.#chromium.open(address);
    this.#errors.push(errors);
    this.#pages.set(isIsolated, page);
    return page;
  }
}
