import { replay } from '@escapement/explore';
import { kitchen } from './tin.js';

const { error } = await replay(kitchen, 'esc1-tin-1-8.fgrsw704qb7khitx');
console.log(`again: ${(error as Error).message}`);
