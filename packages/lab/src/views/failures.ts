import type { Row } from '../results/results.js';
import { grouped } from './measured.js';
import { cleaned } from './text.js';

/** Why rows are missing or incomplete, each reason once. */
export function failureLines(rows: readonly Row[]): string[] {
  const byReason = grouped(
    rows.filter(({ failure }) => failure !== null),
    ({ failure }) => failure!,
  );
  return [...byReason].map(([reason, failed]) => {
    const names = [...new Set(failed.map(({ subject, label }) => `${subject.name} ${label}`))].map(cleaned).join(', ');
    return cleaned(reason).startsWith(names) ? cleaned(reason) : `${names}: ${cleaned(reason)}`;
  });
}
