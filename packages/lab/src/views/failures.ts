import type { Row } from '../results/results.js';
import { grouped } from './grouped.js';
import { cleaned } from './text.js';

/** Why rows are missing or incomplete, each reason once: `busy-wait, hybrid at 0.1 ms, 5 ms: left out, ...`. */
export function failureLines(rows: readonly Row[]): string[] {
  const failed = rows.filter(({ failure }) => failure !== null);
  return [...grouped(failed, ({ failure }) => cleaned(failure!))].flatMap(([reason, same]) => {
    const settings = [...grouped(same, ({ label }) => label)].map(([label, there]) => ({
      label,
      names: namesAmong(there, atSetting(rows, label)),
    }));
    return [...grouped(settings, ({ names }) => names)].map(([names, at]) => {
      const where = `${names} at ${at.map(({ label }) => label).join(', ')}`;
      return `${where}: ${reason}`;
    });
  });
}

function atSetting(rows: readonly Row[], label: string): Row[] {
  return rows.filter(row => row.label === label);
}

/** `all` if there are several, and these are all of them. */
function namesAmong(some: readonly Row[], all: readonly Row[]): string {
  const [names, allNames] = [namesOf(some), namesOf(all)];
  return names.length > 1 && names.length === allNames.length ? 'all' : names.join(', ');
}

function namesOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.map(({ subject }) => cleaned(subject.name)))];
}
