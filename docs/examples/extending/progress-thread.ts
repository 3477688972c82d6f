import { workerData } from 'node:worker_threads';
import { Reporter } from './progress.js';

const reporter = new Reporter(workerData);
for (let item = 0; item < 1000; item++) reporter.advance(); // as a rule, after some work
