/** A fenced block of a page, and the HTML comment above it that says what it must equal. */
export interface Fence {
  readonly language: string;
  readonly text: string;
  readonly line: number;
  readonly marker: Marker | undefined;
}

export interface Marker {
  readonly kind: 'file' | 'output';
  readonly path: string;
  readonly region: string | undefined;
}

const MARKER = '[ \\t]*<!-- *(?<kind>file|output): *(?<path>[^\\s#]+)(?:#(?<region>\\S+))? *-->\\n\\s*?';
const BLOCK = '^(?<indent>[ \\t]*)```(?<language>\\w*)[^\\n]*\\n(?<text>.*?)^\\k<indent>```[ \\t]*$';
const FENCE = new RegExp(`^(?:${MARKER})?${BLOCK}`, 'gms');

export function fencesOf(markdown: string): Fence[] {
  return [...markdown.matchAll(FENCE)].map(({ groups = {}, index }) => ({
    language: groups.language ?? '',
    text: outdent((groups.text ?? '').trimEnd().split('\n')).join('\n'),
    line: markdown.slice(0, index).split('\n').length,
    marker: markerOf(groups),
  }));
}

/** How many markers the page has, above a fence or not. */
export function countMarkers(markdown: string): number {
  return [...markdown.matchAll(/<!-- *(file|output):/g)].length;
}

function markerOf({ kind, path, region }: Record<string, string | undefined>): Marker | undefined {
  if (path === undefined) return undefined;
  return { kind: kind === 'output' ? 'output' : 'file', path, region };
}

/** What a snippet of `source` reads: a region of it or all, without the region marks and the common indentation. */
export function snippetOf(source: string, region: string | undefined): string {
  const lines = region === undefined ? source.split('\n') : regionOf(source.split('\n'), region);
  return outdent(lines.filter(line => !/^\s*(\/\/|#) #(end)?region\b/.test(line)))
    .join('\n')
    .trim();
}

function regionOf(lines: readonly string[], region: string): readonly string[] {
  const find = (mark: string) => lines.findIndex(line => /^(\/\/|#) (.*)$/.exec(line.trim())?.[2] === mark);
  const [start, end] = [find(`#region ${region}`), find(`#endregion ${region}`)];
  if (start < 0 || end < start) throw new Error(`there is no // #region ${region} … // #endregion ${region}`);
  return lines.slice(start + 1, end);
}

function outdent(lines: readonly string[]): string[] {
  const indents = lines.filter(line => line.trim() !== '').map(line => line.search(/\S/));
  const common = Math.min(...indents);
  return lines.map(line => line.slice(common));
}

/** Times differ from run to run: `#.#` in `expected` stands for a number, with or without decimals. */
export function outputMatches(expected: string, actual: string): boolean {
  const literals = expected.split('#.#').map(text => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literals.join('\\d+(\\.\\d+)?')}$`).test(actual);
}
