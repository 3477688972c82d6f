import { createLoop, sleep, sleepModule } from 'escapement';
import { type MeasuredStrategy, measured } from './measured.js';
import { napModule } from './nap.js';

let kept: MeasuredStrategy | undefined;
const module = measured(napModule, strategy => {
  kept = strategy;
});
createLoop(module, sleepModule).runSync(sleep(20));
console.log(`${kept?.alias}: at most ${kept?.worst.toFixed(3)} ms late`);
