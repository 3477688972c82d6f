import { fileRequests } from './file-requests.js';

// This package loads no types of a host, so it declares those that it uses.
declare const process: { readonly getActiveResourcesInfo?: () => string[] } | undefined;

/**
 * What the host itself is working at, as Node reports it: files, sockets, look-ups, immediates, processes. Without its timers:
 * they are time, and a test runner has one for each test.
 */
export class HostActivity {
  /** How many of each type count as idle: a server that listens, a terminal. */
  #idle: Map<string, number>;

  constructor() {
    this.#idle = activeResources();
    // Each one runs in the next turn.
    this.#idle.delete('Immediate');
  }

  /** Whether it works at more than what counts as idle. A host that does not report it is never busy. */
  isBusy(): boolean {
    const active = activeResources();
    for (const [type, count] of this.#idle) this.#idle.set(type, Math.min(count, active.get(type) ?? 0));
    for (const [type, count] of active) if (count > (this.#idle.get(type) ?? 0)) return true;
    return false;
  }

  /** From now on, all that it works at counts as idle. */
  takeAsIdle(): void {
    this.#idle = activeResources();
  }
}

function activeResources(): Map<string, number> {
  const counts = new Map([['file request', fileRequests()]]);
  if (typeof process === 'undefined') return counts;
  for (const type of process.getActiveResourcesInfo?.() ?? [])
    if (type !== 'Timeout') counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}
