import { createLoop, sleep, sleepModule } from 'escapement';
import { nap } from './nap.js';

const loop = createLoop(nap({ shortest: 0.5 }), sleepModule);
const start = performance.now();
loop.runSync(sleep(20));
const late = performance.now() - start - 20;
console.log(`${late.toFixed(3)} ms late`);
