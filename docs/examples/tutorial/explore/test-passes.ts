import { virtualTimeModule } from '@escapement/virtual-time/module';
import { createLoop } from 'escapement';
import { kitchen } from './tin.js';

console.log(`the label says ${createLoop(virtualTimeModule).runSync(kitchen)}`);
