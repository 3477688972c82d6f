import { createLoop, sleep, sleepModule } from 'escapement';
import { napModule } from './nap.js';

const loop = createLoop(napModule, sleepModule);
const start = performance.now();
loop.runSync(sleep(20));
const late = performance.now() - start - 20;
console.log(`${late.toFixed(3)} ms late`);
