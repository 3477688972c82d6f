import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Results } from '../results/results.js';
import { UsageError } from '../usage-error.js';
import { quoted } from './command-run.js';
import { readResults } from './read-results.js';

/** Where a side's results come from: there already, or from a command that measures. */
export type Source =
  | { readonly name: string; readonly results: readonly Results[] }
  | { readonly name: string; readonly command: string };

const BIN = fileURLToPath(new URL('../bin/escapement-lab.js', import.meta.url));

/**
 * What a side of a comparison means: a file or folder that exists; else options of this lab, if it begins with `-`; else a
 * command line that takes `--json FILE`, as another version of the lab does.
 *
 * @throws UsageError
 */
export function sourceOf(text: string): Source {
  if (existsSync(text)) return { name: text, results: readResults(text) };
  if (text.startsWith('-')) return { name: text, command: `${quoted(process.execPath)} ${quoted(BIN)} ${text}` };
  if (/\s/.test(text.trim())) return { name: text, command: text };
  throw new UsageError(
    `${text === '' ? "''" : text}: there is no such file or folder. Options of the lab begin with a dash, as in "--quick", and another command line has spaces, as in "npx escapement-lab --quick".`,
  );
}
