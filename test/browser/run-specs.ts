import type { BrowserStage, Place } from './browser-stage.js';
import type { SpecResults, SpecRun } from './programs/specs.js';

const PROGRAM = new URL('programs/specs.js', import.meta.url);

/**
 * Runs compiled specs with mocha in the browser.
 *
 * @param patience in milliseconds: how long a test may take
 * @throws Error with the title of the test that hangs
 */
export async function runSpecs(
  stage: BrowserStage,
  place: Place,
  specs: readonly string[],
  patience = 60_000,
): Promise<SpecResults> {
  let title: string;
  let timer: NodeJS.Timeout | undefined;
  let wait = () => {};
  const hanging = new Promise<never>((_resolve, reject) => {
    wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => reject(new Error(`hangs in the ${place}: ${title}`)), patience);
    };
  });
  const run: SpecRun = { specs, ...(process.env.CI ? { seed: 20261122 } : {}) };
  const results = stage.run(PROGRAM, place, run, line => {
    title = line;
    wait();
  });
  try {
    const { value, error } = await Promise.race([results, hanging]);
    if (error !== undefined) throw new Error(error.text);
    return value as SpecResults;
  } finally {
    clearTimeout(timer);
  }
}
