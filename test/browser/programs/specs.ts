import 'mocha/mocha.js';
import fc from 'fast-check';
import { NeedsNode, takeUsedNames } from './node-names.js';

export interface SpecRun {
  /** As in `core/task.spec`. */
  readonly specs: readonly string[];
  /** Of fast-check; it is random without. */
  readonly seed?: number;
}

export interface SpecResults {
  readonly passed: number;
  readonly failures: readonly string[];
  /** What tests were left out for, by spec: names of Node, or `this host` for a feature that strategies need. */
  readonly leftOut: Readonly<Record<string, readonly string[]>>;
}

/** Runs specs with mocha, and logs the title of each test before it starts. */
async function runSpecs({ specs, seed }: SpecRun): Promise<SpecResults> {
  if (seed !== undefined) fc.configureGlobal({ seed });
  const results = new Results();
  mocha.setup({ ui: 'bdd', reporter: 'base', timeout: 20_000 });
  for (const spec of specs) {
    // As mocha does before it loads a file: so each test knows its spec.
    mocha.suite.emit('pre-require', globalThis, spec, mocha);
    try {
      await import(new URL(`../../${spec}.js`, import.meta.url).href);
    } catch (error) {
      results.add(spec, `${spec} as a whole`, error);
    }
  }
  await new Promise(resolve => results.listenTo(mocha.run(resolve)));
  return results;
}

export { runSpecs as main };

class Results implements SpecResults {
  passed = 0;
  readonly failures: string[] = [];
  readonly leftOut: Record<string, string[]> = {};

  listenTo(runner: Mocha.Runner): void {
    runner.on('test', test => console.debug(test.fullTitle()));
    runner.on('test end', () => takeUsedNames());
    runner.on('pass', () => this.passed++);
    runner.on('fail', (test, error) => this.add(test.file!, test.fullTitle(), error));
  }

  /** A failure, or a test that is left out because it cannot pass here. */
  add(spec: string, title: string, error: unknown): void {
    const needs = needsOf(error);
    if (needs.length === 0) this.failures.push(`${spec}: ${title}\n${(error as Error | undefined)?.stack ?? error}`);
    else this.leftOut[spec] = [...new Set([...(this.leftOut[spec] ?? []), ...needs])].sort();
  }
}

/** What failures say where there is no shared memory, or where the thread must not be blocked. */
const HOST_LACKS =
  /MissingHostFeatureError|found no |SharedArrayBuffer is not defined|not a shared typed array|Atomics\.wait cannot/;

function needsOf(error: unknown): readonly string[] {
  const names = takeUsedNames();
  if (error instanceof NeedsNode) names.push(error.message);
  const { actual } = Object(error) as { actual?: unknown };
  if (HOST_LACKS.test(`${error} ${actual}`)) names.push('this host');
  return names;
}
