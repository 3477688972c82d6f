import { createRequire } from 'node:module';
import type { Results, Row } from '../../results/results.js';
import { UsageError } from '../../usage-error.js';

/** What is drawn, and how. */
export interface PictureOptions {
  /** The name of a scenario of the results: `'metronome'`. Default: the first one with figures. */
  readonly scenario?: string;
  /** One of its settings: `1000` for 1000 Hz. Default: the last of those with the most rows. */
  readonly setting?: number;
  /** Dark on white, or light on dark. Default: `'light'`. */
  readonly theme?: 'light' | 'dark';
}

/** Null: the results have no such setting, or no processor time for it. */
export type MakePicture = (results: Results, options: PictureOptions) => string | null;

/**
 * Lateness against processor time, on logarithmic axes with the Pareto front, as a stand-alone SVG of 720 pixels for a README.
 * Needs no browser.
 *
 * @returns the content of the file
 * @throws UsageError if the results have no such scenario or setting, or no processor time for it
 * @example
 * writeFileSync('picture.svg', svgPicture(results, { scenario: 'metronome', setting: 1000 }));
 */
export function svgPicture(results: Results, options: PictureOptions = {}): string {
  // Loaded only when it is asked for: it has a chart library and a document in it.
  const { picture } = createRequire(import.meta.url)('../../../bundle/picture.cjs') as { picture: MakePicture };
  const svg = picture(results, options);
  if (svg !== null) return svg;
  const known = results.scenarios.map(({ name, rows }) => `${name} (${settingsOf(rows).join(', ')})`);
  const asked = [options.scenario, options.setting].filter(each => each !== undefined).join(' at ');
  throw new UsageError(
    `no picture${asked && ` of ${asked}`}: it takes lateness and CPU. The results have ${known.join(' and ') || 'no scenario'}.`,
  );
}

function settingsOf(rows: readonly Row[]): number[] {
  return [...new Set(rows.map(row => row.setting))];
}
