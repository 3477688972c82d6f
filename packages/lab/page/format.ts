const NUMBER = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });
const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** Three digits that matter: `0.34`, `14.5`, `1,749`; a dash for what is not known. */
export function short(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  return (Math.abs(value) >= 1000 ? WHOLE : NUMBER).format(value);
}

/** `14.5 µs`, `1.75 ms`, `2 s` */
export function microseconds(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  const size = Math.abs(value);
  if (size >= 1e6) return `${short(value / 1e6)} s`;
  return size >= 1000 ? `${short(value / 1000)} ms` : `${short(value)} µs`;
}

/** `8.8 %` */
export function percent(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : `${short(value)} %`;
}

/** `1 round`, `2 rounds` */
export function plural(count: number, what: string): string {
  return `${short(count)} ${what}${count === 1 ? '' : 's'}`;
}
