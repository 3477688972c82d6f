import { createRequire, syncBuiltinESMExports } from 'node:module';
import type { Worker as NodeWorker } from 'node:worker_threads';

// So that the tested code needs no hook: each thread that it starts is known here.
const workerThreads = createRequire(import.meta.url)('node:worker_threads') as { Worker: typeof NodeWorker };
export const RealWorker = workerThreads.Worker;
type Arguments = ConstructorParameters<typeof NodeWorker>;

/** Since `knowWorkers`. */
export const made: NodeWorker[] = [];

/** @param change returns the code that a thread runs in place of the requested code; it may throw */
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
