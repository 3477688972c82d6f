// `npm test` takes less than three minutes on two cores. What waits long for threads and processes, or repeats
// something tens of thousands of times, runs with `npm run test:all`, as in CI.
const LONG = [
  '*/growth',
  'bench/io-bench',
  'browser/*',
  'conformance/compositions',
  'conformance/zoo',
  'examples/jobs',
  'examples/net-tail',
  'create-escapement-plugin/installed',
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
  'lab/summary',
  'lab/system-strategies',
  'lab/web',
  'net/standard-streams',
  'packages/bundled-threads',
  'workers/storm',
  'workers/threads',
];

// What runs in a browser is the same whichever Node starts that: CI runs it with one of them.
const IN_A_BROWSER = ['browser/*', 'lab/html', 'lab/web'];

const leftOut = [...(process.env.TEST_ALL ? [] : LONG), ...(process.env.WITHOUT_BROWSER ? IN_A_BROWSER : [])];

module.exports = {
  require: ['./test/dist/support/seed.js'],
  spec: ['test/dist/**/*.spec.js'],
  ignore: leftOut.map(name => `test/dist/${name}.spec.js`),
  'node-option': ['enable-source-maps', 'expose-gc'],
  parallel: true,
  jobs: 2,
  timeout: 30000,
};
