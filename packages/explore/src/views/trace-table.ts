import { styleText } from 'node:util';
import { checkArgument } from '@escapement/core';
import type { Trace, TraceStep, TraceTask } from '../trace.js';
import { checkTrace } from './check-trace.js';
import { excerptOf, leftOutText, taskTitle } from './excerpt.js';
import { mainFile } from './place.js';
import { beginning, ending, isMessage, time } from './step-words.js';
import { cut, padded, wrapped } from './text.js';

/** How a text is shown. */
export interface TextOptions {
  /** Columns of the terminal. @defaultValue 80 */
  readonly width?: number | undefined;
  /** @defaultValue false */
  readonly colours?: boolean | undefined;
}

const USUAL_WIDTH = 80;
const LEAST_WIDTH = 40;
const LEAST_CELL = 20;
const MOST_STEPS = 60;
const MOST_LINES_OF_A_CELL = 4;
const GAP = '  ';
/** In front of the two steps of the pair. */
export const MARK = '▶';

type Paint = (text: string) => string;

/** What the rows of one table have in common. */
interface Table {
  readonly tasks: readonly TraceTask[];
  readonly pair: ReadonlySet<number>;
  readonly main: string | undefined;
  /** Widths of the columns for the step, the time, and each task. */
  readonly widths: { readonly step: number; readonly time: number; readonly cell: number; readonly all: number };
  readonly colours: boolean;
}

/**
 * A run as a table: a column for each task, a row for each step. `line 12 ←3 → line 14: pause` was resumed at its `yield*` of
 * line 12, made ready by step 3, and stopped in line 14. Of many tasks it shows those that matter, as many as fit.
 *
 * @throws InvalidArgumentError
 * @example console.log(traceTable(replayed.trace, { width: process.stdout.columns }));
 */
export function traceTable(trace: Trace, options: TextOptions = {}): string {
  checkTrace('traceTable', trace);
  const { width = USUAL_WIDTH, colours = false } = checkArgument(
    'traceTable',
    options,
    'object',
    'options like { width: 120 }',
  );
  const table = tableOf(trace, Math.max(LEAST_WIDTH, width), colours);
  const { rows } = excerptOf(trace, MOST_STEPS, table.tasks.length);
  let shownTime: string | undefined;
  const lines = rows.flatMap(row => {
    if ('leftOut' in row) return [leftOutRow(row.leftOut, table)];
    const now = time(row.step);
    const isLater = now !== shownTime;
    shownTime = now;
    return stepRow(row.step, isLater ? now : '', table);
  });
  return [...headOf(table), ...lines].map(line => line.trimEnd()).join('\n');
}

function tableOf(trace: Trace, width: number, colours: boolean): Table {
  const step = Math.max('step'.length + 2, String(trace.steps.at(-1)?.index ?? 0).length + 2);
  const ms = Math.max('ms'.length, ...trace.steps.map(each => time(each).length));
  const room = width - step - GAP.length - ms;
  const most = Math.max(1, Math.floor(room / (LEAST_CELL + GAP.length)));
  const { tasks } = excerptOf(trace, MOST_STEPS, most);
  const cell = Math.floor(room / Math.max(1, tasks.length)) - GAP.length;
  const pair = new Set(trace.pair);
  return { tasks, pair, main: mainFile(trace), widths: { step, time: ms, cell, all: width }, colours };
}

function headOf({ tasks, widths, main, colours }: Table): string[] {
  const bold = painter(colours, 'bold');
  const titles = tasks.map(task => bold(padded(cut(taskTitle(task), widths.cell), widths.cell)));
  const head = ['step'.padStart(widths.step), 'ms'.padStart(widths.time), ...titles].join(GAP);
  const legend = `←3: made ready by step 3.${main === undefined ? '' : ` Lines are those of ${main}.`}`;
  return [...wrapped(legend, widths.all).map(painter(colours, 'dim')), head];
}

function stepRow(step: TraceStep, ms: string, { tasks, pair, main, widths, colours }: Table): string[] {
  const isOfPair = pair.has(step.index);
  const paint = painter(colours, isOfPair ? 'yellow' : undefined);
  const before = tasks.findIndex(({ id }) => id === step.task);
  const dim = painter(colours, 'dim');
  const others = (count: number, text: string) => Array.from({ length: count }, () => dim(padded(text, widths.cell)));
  return cellOf(step, main, widths.cell).map((text, line) => {
    const number = line === 0 ? (isOfPair ? `${MARK} ` : '') + step.index : '';
    const margin = [number.padStart(widths.step), (line === 0 ? ms : '').padStart(widths.time)].join(GAP);
    const idle = line === 0 ? '·' : '';
    const after = tasks.length - before - 1;
    const cells = [...others(before, idle), paint(padded(text, widths.cell)), ...others(after, idle)];
    return [isOfPair ? paint(margin) : margin, ...cells].join(GAP);
  });
}

/** Rather than be cut, a text is broken into a few lines, best before its arrow. */
function cellOf(step: TraceStep, main: string | undefined, width: number): string[] {
  const begun = beginning(step, main) + (isMessage(step) ? ` ←${step.wokenBy}` : '');
  const stopped = `→ ${ending(step, main)}`;
  const [line, ...more] = wrapped(`${begun} ${stopped}`, width);
  const lines = more.length === 0 ? [line!] : [...wrapped(begun, width), ...wrapped(stopped, width)];
  if (lines.length <= MOST_LINES_OF_A_CELL) return lines;
  const rest = lines.slice(MOST_LINES_OF_A_CELL - 1).join(' ');
  return [...lines.slice(0, MOST_LINES_OF_A_CELL - 1), cut(rest, width)];
}

function leftOutRow(steps: readonly TraceStep[], { tasks, widths, colours }: Table): string {
  const margin = ['…'.padStart(widths.step), ' '.repeat(widths.time)].join(GAP);
  return painter(colours, 'dim')(cut(margin + GAP + leftOutText(steps, tasks), widths.all));
}

/** Paints if there are colours, whatever the streams of this process are. */
export function painter(colours: boolean, format: 'bold' | 'dim' | 'yellow' | 'red' | undefined): Paint {
  return text => (colours && format ? styleText(format, text, { validateStream: false }) : text);
}
