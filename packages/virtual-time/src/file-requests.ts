// This package loads no types of a host, so it declares those that it uses.
declare const process:
  | {
      readonly versions?: { readonly node?: string };
      readonly getBuiltinModule?: (name: string) => AsyncHooks | undefined;
    }
  | undefined;

interface AsyncHooks {
  createHook(hook: Hook): { enable(): void };
}

interface Hook {
  init(id: number, type: string): void;
  before(id: number): void;
  destroy(id: number): void;
  readonly trackPromises: boolean;
}

/** Reads and writes whole files in one request, which `process.getActiveResourcesInfo` leaves out. */
const LEAVES_OUT = 25;

const pending = new Set<number>();
let isWatching = false;

/**
 * The number of file requests that Node works at, and of which it says nothing else. 0 on hosts that tell of all. The first call
 * begins to count, for good: hooks that leave out promises cost next to nothing.
 */
export function fileRequests(): number {
  if (!isWatching) watch();
  return pending.size;
}

function watch(): void {
  isWatching = true;
  if (typeof process === 'undefined' || !(Number.parseInt(process.versions?.node ?? '', 10) >= LEAVES_OUT)) return;
  const hook: Hook = {
    init(id, type) {
      if (type.startsWith('FSREQ')) pending.add(id);
    },
    // Its callback runs now.
    before: id => pending.delete(id),
    destroy: id => pending.delete(id),
    trackPromises: false,
  };
  process.getBuiltinModule?.('node:async_hooks')?.createHook(hook).enable();
}
