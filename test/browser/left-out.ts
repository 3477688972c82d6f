/**
 * What no browser runs: specs, and the names of Node, or the packages that need it, for which tests of them are left out.
 * `specs.spec.ts` finds them, and fails if it finds another.
 */
export const NEED_NODE: Readonly<Record<string, readonly string[]>> = {
  'combinators/growth': ['packages/io'],
  'core/broken-plugins': ['process.listeners'],
  'core/broken-runs': ['node:child_process.spawnSync'],
  'core/fixed-error-class': ['import.meta.resolve'],
  'core/growth': ['packages/io'],
  'core/host-code': ['process.listeners'],
  'core/host-programs': ['process.listeners'],
  'core/host-turns': ['process.on', 'process.rawListeners'],
  'core/hostile-outcomes': ['node:vm.createContext'],
  'core/hostile-values': ['node:vm.createContext'],
  'core/leaks': ['process.memoryUsage'],
  'core/loop-view': ['node:vm.createContext'],
  'core/task-values': ['process.listeners'],
  'core/wait-queue': ['process.memoryUsage'],
  'core/wakeup': ['import.meta.resolve', 'node:worker_threads.Worker'],
  'policies/after-runs': ['packages/io'],
  'policies/queueing': ['packages/lab'],
  'sleep/move-on': ['process.memoryUsage'],
  'strategies/calibration': ['process.memoryUsage'],
  'strategies/hybrid': ['packages/lab'],
  'strategies/message-channel': ['import.meta.resolve', 'node:async_hooks.AsyncLocalStorage'],
  'strategies/precise-timeout': ['packages/lab'],
  'strategies/strategies': ['import.meta.resolve', 'node:worker_threads.Worker'],
  'strategies/timer-slack': ['packages/io'],
  'streams/bad-arguments': ['node:vm.createContext'],
  'streams/hostile-values': ['node:vm.createContext'],
  'streams/memory': ['packages/io'],
  'streams/memory-listener': ['packages/io'],
  'streams/types': ['packages/io'],
  'sync/shown': ['node:util.inspect'],
  'wiring/first-error-line': ['node:url.fileURLToPath'],
  'wiring/two-copies': ['node:fs.rmSync', 'node:os.tmpdir'],
};

/** Specs with tests of what a place may lack: shared memory, a thread that may be blocked, `scheduler`, `setImmediate`. */
export const NEED_A_HOST: readonly string[] = [
  'core/errors',
  'core/wakeup',
  'strategies/controllable',
  'strategies/phased',
  'strategies/post-task',
  'strategies/set-immediate',
  'strategies/strategies',
  'streams/bad-arguments',
  'wiring/create-loop',
  'wiring/providers',
];
