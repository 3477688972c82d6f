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
  'lab/contract',
  'lab/hanging',
  'net/standard-streams',
  'packages/bundled-threads',
  'workers/storm',
  'workers/threads',
];

module.exports = {
  require: ['./test/dist/support/seed.js'],
  spec: ['test/dist/**/*.spec.js'],
  ignore: process.env.TEST_ALL ? [] : LONG.map(name => `test/dist/${name}.spec.js`),
  'node-option': ['enable-source-maps', 'expose-gc'],
  parallel: true,
  jobs: 2,
  timeout: 30000,
};
