import { activeResources, realDelay } from './host.js';
import { Patience } from './patience.js';

/** An adapter that may count what its plugin holds outside of the loop. */
interface Counting {
  held?(): number;
}

/** What the adapter counts, and what keeps the process alive, by kind. */
export type Holding = ReadonlyMap<string, number>;

/** Why a law about it cannot be checked here; undefined if it can. */
export function holdsUnseen({ held }: Counting): string | undefined {
  if (held !== undefined || activeResources() !== undefined) return undefined;
  return 'the adapter has no held(), and this host does not tell what keeps the process alive';
}

export function holding({ held }: Counting): Holding {
  const counts = new Map<string, number>();
  if (held !== undefined) counts.set('held()', held());
  for (const kind of activeResources() ?? []) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** Waits until no more is held than before; a thread takes its time to end. @returns what is left, in words; '' if nothing is */
export async function leftSince(before: Holding, adapter: Counting): Promise<string> {
  const patience = new Patience();
  for (;;) {
    const left = moreThan(before, holding(adapter));
    if (left === '' || patience.isOver) return left;
    await realDelay(10);
  }
}

/** Less is no fault: something of the test runner has ended. */
function moreThan(before: Holding, after: Holding): string {
  return [...after]
    .filter(([kind, count]) => count > (before.get(kind) ?? 0))
    .map(([kind, count]) => `${kind} ${count} instead of ${before.get(kind) ?? 0}`)
    .join(', ');
}
