import { stepAt, type Trace, type TraceStep } from '../../trace.js';
import { type Excerpt, leftOutText, taskTitle } from '../excerpt.js';
import { beginning, ending, isMessage, time } from '../step-words.js';
import { escaped } from './escaped.js';
import { stepDetails, stepSentence } from './step-details.js';

/** Where things are in the grid: lines of rows and columns, from 1. A lane has two columns, so that its middle is a line, too. */
interface Grid {
  readonly excerpt: Excerpt;
  readonly trace: Trace;
  readonly main: string | undefined;
  /** By the index of the step. */
  readonly rowOf: ReadonlyMap<number, number>;
  /** By the id of the task: the line in the middle of its lane. */
  readonly middleOf: ReadonlyMap<number, number>;
}

const HEAD = 'auto';
const STEP = '3.5rem';
const LEFT_OUT = '2rem';

/**
 * A lane for each task, and a row for each step, which is the only box of its row. So an arrow in the row of the step that wakes
 * meets no other box on its way to the lane of the task that is woken.
 */
export function lanes(trace: Trace, excerpt: Excerpt, main: string | undefined): string {
  const grid = gridOf(trace, excerpt, main);
  const { tasks, rows } = excerpt;
  const columns = `4.5rem repeat(${2 * tasks.length}, minmax(5rem, 1fr))`;
  const heights = [HEAD, ...rows.map(row => ('step' in row ? STEP : LEFT_OUT))].join(' ');
  const shown = rows.flatMap(row => ('step' in row ? [row.step] : []));
  // In this order: what comes later is drawn above.
  const parts = [
    ...shown.map(step => rowBand(step, grid)),
    ...waits(shown, grid),
    ...shown.map(step => arrow(step, grid)),
    ...rows.map((row, index) => ('step' in row ? box(row.step, grid) : leftOutRow(row.leftOut, index, grid))),
    ...shown.map((step, index) => margin(step, shown[index - 1], grid)),
    `<div class="head corner" style="${area(1, 1, 2, 2)}">step, ms</div>`,
    ...tasks.map(task => {
      const middle = grid.middleOf.get(task.id)!;
      return `<div class="head name" style="${area(1, middle - 1, 2, middle + 1)}" title="${escaped(taskTitle(task))}">${escaped(taskTitle(task))}</div>`;
    }),
  ];
  return `<div class="lanes" role="list" style="grid-template-columns: ${columns}; grid-template-rows: ${heights}">\n${parts.filter(part => part !== '').join('\n')}\n</div>`;
}

function gridOf(trace: Trace, excerpt: Excerpt, main: string | undefined): Grid {
  const rowOf = new Map(
    excerpt.rows.flatMap((row, index) => ('step' in row ? [[row.step.index, index + 2] as const] : [])),
  );
  const middleOf = new Map(excerpt.tasks.map(({ id }, index) => [id, 2 * index + 3]));
  return { excerpt, trace, main, rowOf, middleOf };
}

function area(row: number, column: number, rowEnd: number, columnEnd: number): string {
  return `grid-area: ${row} / ${column} / ${rowEnd} / ${columnEnd}`;
}

/** Behind the steps of the pair. */
function rowBand({ index }: TraceStep, { trace, rowOf }: Grid): string {
  const row = rowOf.get(index)!;
  return trace.pair?.includes(index)
    ? `<div class="band" aria-hidden="true" style="${area(row, 1, row + 1, -1)}"></div>`
    : '';
}

/** From each step to the next one of its task: waiting until the step that makes it ready, then ready. */
function waits(shown: readonly TraceStep[], grid: Grid): string[] {
  const lastRows = new Map<number, number>();
  return shown.flatMap(step => {
    const to = grid.rowOf.get(step.index)!;
    const from = lastRows.get(step.task);
    lastRows.set(step.task, to);
    const ready =
      step.cause === 'paused' ? from : step.wokenBy === undefined ? undefined : grid.rowOf.get(step.wokenBy);
    const middle = grid.middleOf.get(step.task)!;
    const waiting = from === undefined ? '' : line('waiting', from, Math.max(from, ready ?? to), middle);
    return [waiting, ready === undefined ? '' : line('ready', ready, to, middle)];
  });
}

function line(kind: 'waiting' | 'ready', from: number, to: number, middle: number): string {
  return from >= to
    ? ''
    : `<div class="line ${kind}" aria-hidden="true" style="${area(from, middle, to + 1, middle + 1)}"></div>`;
}

/** From the step that wakes to the lane of the task that is woken, where its line becomes one of a ready task. */
function arrow(step: TraceStep, { trace, rowOf, middleOf }: Grid): string {
  if (!isMessage(step)) return '';
  const row = rowOf.get(step.wokenBy!);
  const from = middleOf.get(stepAt(trace, step.wokenBy)?.task ?? 0);
  const to = middleOf.get(step.task)!;
  if (row === undefined || from === undefined || from === to) return '';
  const [left, right, towards] = from < to ? [from, to, 'right'] : [to, from, 'left'];
  return `<div class="arrow to-${towards}" aria-hidden="true" style="${area(row, left, row + 1, right)}"></div>`;
}

function box(step: TraceStep, { trace, main, rowOf, middleOf }: Grid): string {
  const row = rowOf.get(step.index)!;
  const middle = middleOf.get(step.task)!;
  const place = trace.pair?.indexOf(step.index) ?? -1;
  const badge = place < 0 ? '' : `<span class="badge">${place + 1}</span>`;
  const kind = `step${place < 0 ? '' : ' critical'}${step.waitsFor === undefined ? ' end' : ''}`;
  return `<div class="${kind}" role="listitem" tabindex="0" id="step-${step.index}" aria-label="${escaped(stepSentence(step, trace, main))}" style="${area(row, middle - 1, row + 1, middle + 1)}">${badge}<span>${escaped(beginning(step, main))}</span><span class="to">→ ${escaped(ending(step, main))}</span>${stepDetails(step, trace)}</div>`;
}

function margin(step: TraceStep, before: TraceStep | undefined, { rowOf }: Grid): string {
  const row = rowOf.get(step.index)!;
  const ms = before !== undefined && time(before) === time(step) ? '' : `<span class="ms">${time(step)} ms</span>`;
  return `<div class="margin" aria-hidden="true" style="${area(row, 1, row + 1, 2)}">${step.index}${ms}</div>`;
}

function leftOutRow(steps: readonly TraceStep[], index: number, { excerpt }: Grid): string {
  const text = `… ${leftOutText(steps, excerpt.tasks)}`;
  return `<div class="left-out" role="listitem" style="${area(index + 2, 1, index + 3, -1)}"><span>${text}</span></div>`;
}
