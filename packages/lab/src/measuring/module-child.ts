import { whatFailed } from './failure-text.js';
import { offerOf } from './offer.js';

/** What the process that tries a module reports. */
export type TrialReport =
  | { readonly did: 'import' | 'construct' }
  | { readonly failed: string; readonly code?: unknown };

/** Loads a module as the lab would, and makes each strategy and policy of it once. */
async function tryOut(from: string): Promise<void> {
  try {
    await import(from);
    report({ did: 'import' });
    await offerOf(from);
    report({ did: 'construct' });
  } catch (error) {
    report({ failed: whatFailed(error), code: (error as { code?: unknown } | null)?.code });
    // Node then prints the place of a syntax error, which it tells nowhere else.
    throw error;
  }
}

function report(message: TrialReport): void {
  process.send!(message);
}

await tryOut(process.argv[2]!);
process.disconnect();
// A module may have started something that keeps the process alive.
process.exit();
