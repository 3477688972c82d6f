import { explore } from '@escapement/explore';
import { repaired } from './tin.js';

const { failure, summary } = await explore(repaired, { strategy: 'exhaustive', preemptions: 3 });
console.log(failure ?? `${summary.runs} orders passed; were they all? ${summary.exhausted}`);
