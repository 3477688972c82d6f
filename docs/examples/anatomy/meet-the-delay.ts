import { asleep } from './asleep.js';
import { runAll } from './tiny-loop.js';

const start = performance.now();
runAll(asleep(50), asleep(50), asleep(50));
console.log(`asked for 50 ms three times at once, got ${(performance.now() - start).toFixed(1)} ms`);
