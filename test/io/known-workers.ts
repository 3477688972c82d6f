import { createRequire, syncBuiltinESMExports } from 'node:module';
import type { Worker as NodeWorker } from 'node:worker_threads';

// No hook in what is tested: whoever makes a thread makes one that we know, too.
const workerThreads = createRequire(import.meta.url)('node:worker_threads') as { Worker: typeof NodeWorker };
export const RealWorker = workerThreads.Worker;
type Arguments = ConstructorParameters<typeof NodeWorker>;

/** Since `knowWorkers`. */
export const made: NodeWorker[] = [];

/** @param change what a thread gets to run, in place of what was asked for; it may throw */
export function knowWorkers(change: (...args: Arguments) => Arguments = (...args) => args): void {
  workerThreads.Worker = class extends RealWorker {
    constructor(...args: Arguments) {
      super(...change(...args));
      made.push(this);
    }
  };
  syncBuiltinESMExports();
}

export function forgetWorkers(): void {
  workerThreads.Worker = RealWorker;
  syncBuiltinESMExports();
  made.length = 0;
}
