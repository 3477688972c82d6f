// `npm test` takes less than three minutes on two cores. What waits long for threads and processes, or repeats something
// tens of thousands of times, runs with `npm run test:all`, as in CI; there, other Nodes run `npm run test:node`.
const LONG = {
  // Another Node may change how it ends: threads, processes, sockets, native code, what the garbage collector takes.
  onEachNode: [
    'conformance/shipped-strategies',
    'core/leaks',
    'examples/net-resp',
    'examples/net-tail',
    'explore/runners',
    'host/main-endings',
    'io/ending-workers',
    'io/failing-threads',
    'io/helper-threads',
    'io/stale-findings',
    'net/exhaustion',
    'net/faults',
    'net/standard-streams',
    'observe/dump-on-signal',
    'observe/ps',
    'packages/bundled-threads',
    'workers/storm',
    'workers/threads',
  ],
  // It depends on our code alone, or on a browser, another program, a registry.
  onOneNode: [
    '*/growth',
    'bench/io-bench',
    'browser/*',
    'conformance/compositions',
    'conformance/zoo',
    'create-escapement-plugin/installed',
    'examples/coming-from',
    'examples/docs',
    'examples/jobs',
    'examples/net-options',
    'explore/examples',
    'explore/own-exhaustive',
    'explore/own-packages',
    'explore/swimlane-in-chromium',
    'lab/bad-modules',
    'lab/baselines',
    'lab/compare',
    'lab/contract',
    'lab/hanging',
    'lab/html',
    'lab/interrupt',
    'lab/noise',
    'lab/scenarios',
    'lab/summary',
    'lab/system-strategies',
    'lab/web',
    'observe/ps-refused',
    'packages/entry-points',
    'packages/published',
    'policies/queueing',
    'runtimes/*',
    'site/*',
  ],
};

// Not long, but of no use on a second Node: they read our sources.
const ALSO_ON_ONE_NODE = ['architecture/*', 'examples/contracts', 'packages/doc-comments'];

const leftOut = {
  everyday: [...LONG.onEachNode, ...LONG.onOneNode],
  node: [...LONG.onOneNode, ...ALSO_ON_ONE_NODE],
  all: [],
}[process.env.TESTS ?? 'everyday'];

module.exports = {
  require: ['./test/dist/support/seed.js'],
  spec: ['test/dist/**/*.spec.js'],
  ignore: leftOut.map(name => `test/dist/${name}.spec.js`),
  'node-option': ['enable-source-maps', 'expose-gc'],
  parallel: true,
  jobs: 2,
  timeout: 30000,
};
