import { type Site, stepAt, type Trace, type TraceStep, type TraceTask } from '../trace.js';
import { taskTitle } from './excerpt.js';
import { fullPlace } from './place.js';
import { movement, reason, time, whereabouts } from './step-words.js';
import { oneLine, padded } from './text.js';
import { MARK, painter, type TextOptions } from './trace-table.js';

/** The two steps whose order decides, as they ran. */
type Pair = readonly [first: TraceStep, second: TraceStep];

/** Undefined if no single pair decides. */
export function pairOf(trace: Trace): Pair | undefined {
  const first = stepAt(trace, trace.pair?.[0]);
  const second = stepAt(trace, trace.pair?.[1]);
  return first && second && [first, second];
}

/** What a pair means. */
export function pairSentence([first, second]: Pair, { otherwise }: Trace): string {
  const other = otherwise === 'fails' ? 'fails with another error' : 'passes';
  return `The order of two steps decides: ${first.index} before ${second.index} fails, ${second.index} before ${first.index} ${other}.`;
}

/** The sentence, then of both steps the task and its stack of coroutines. Empty if no single pair decides. */
export function pairText(trace: Trace, { colours = false }: TextOptions = {}): string {
  const pair = pairOf(trace);
  if (pair === undefined) return '';
  const steps = pair.flatMap(step => stepLines(step, trace.tasks, painter(colours, 'yellow')));
  return [pairSentence(pair, trace), ...steps].join('\n');
}

function stepLines(step: TraceStep, tasks: readonly TraceTask[], paint: (text: string) => string): string[] {
  const task = tasks.find(({ id }) => id === step.task);
  const title = task === undefined ? `task ${step.task}` : taskTitle(task);
  const head = `${paint(`${MARK} step ${step.index}`)}, at ${time(step)} ms: ${title} ${reason(step)}, and ${movement(step)}`;
  return [head, ...stackLines(whereabouts(step))];
}

/** Innermost coroutine first, as in the stack of an error. */
function stackLines(sites: readonly Site[]): string[] {
  const names = sites.map(({ name }) => oneLine(name));
  const width = Math.max(0, ...names.map(name => name.length));
  return sites.map((site, index) => `    ${padded(names[index]!, width)}  ${oneLine(fullPlace(site))}`);
}
