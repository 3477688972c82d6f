import { explore } from '@escapement/explore';
import { kitchen } from './tin.js';

const { failure } = await explore(kitchen, { name: 'tin' });
console.log(`${failure}`);
