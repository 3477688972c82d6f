// `npm test` takes less than three minutes on two cores. What waits long for threads and processes, or repeats
// something tens of thousands of times, runs with `npm run test:all`, as in CI.
const LONG = [
  '*/growth',
  'bench/io-bench',
  'browser/*',
  'conformance/compositions',
  'conformance/zoo',
  'core/leaks',
  'examples/jobs',
  'examples/net-options',
  'examples/net-tail',
  'explore/runners',
  'explore/swimlane-in-chromium',
  'create-escapement-plugin/installed',
  'host/main-endings',
  'io/ending-workers',
  'io/failing-threads',
  'io/helper-threads',
  'io/stale-findings',
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
  'net/exhaustion',
  'net/faults',
  'net/standard-streams',
  'observe/dump-on-signal',
  'observe/ps',
  'observe/ps-refused',
  'packages/bundled-threads',
  'packages/entry-points',
  'packages/published',
  'policies/queueing',
  'workers/storm',
  'workers/threads',
];

// Long tests of a browser, and of arithmetic and texts: no other Node would change their outcome, so CI runs them with one.
const WITH_ONE_NODE = [
  'browser/*',
  'conformance/compositions',
  'explore/swimlane-in-chromium',
  'lab/compare',
  'lab/html',
  'lab/noise',
  'lab/summary',
  'lab/web',
];

const leftOut = [...(process.env.TEST_ALL ? [] : LONG), ...(process.env.OTHER_NODE ? WITH_ONE_NODE : [])];

module.exports = {
  require: ['./test/dist/support/seed.js'],
  spec: ['test/dist/**/*.spec.js'],
  ignore: leftOut.map(name => `test/dist/${name}.spec.js`),
  'node-option': ['enable-source-maps', 'expose-gc'],
  parallel: true,
  jobs: 2,
  timeout: 30000,
};
