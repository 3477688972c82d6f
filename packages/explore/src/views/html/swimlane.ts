import { checkArgument } from '@escapement/core';
import type { Trace, TraceStep } from '../../trace.js';
import { checkTrace } from '../check-trace.js';
import { type Excerpt, excerptOf, leftOutText } from '../excerpt.js';
import { errorText } from '../failure-text.js';
import { pairOf, pairSentence } from '../pair-text.js';
import { mainFile } from '../place.js';
import { beginning, ending, movement, reason, time, whereabouts } from '../step-words.js';
import { counted } from '../text.js';
import { escaped, escapedLines } from './escaped.js';
import { lanes } from './lanes.js';
import { stack, titleOf } from './step-details.js';
import { STYLE } from './style.js';

/** What a page says beside the run. */
export interface SwimlaneOptions {
  /** @defaultValue `'A run, step by step'` */
  readonly title?: string | undefined;
  /** What repeats the run, to be shown. */
  readonly token?: string | undefined;
  /** Paragraphs above the run. */
  readonly remarks?: readonly string[] | undefined;
}

const MOST_STEPS = 200;
const MOST_TASKS = 24;
/** It needs nothing, so it may load nothing, and run nothing. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/**
 * A run as a page of its own: a lane for each task, its steps as boxes in their order, its waits as lines, and arrows from the
 * step that made a task ready; the critical pair is marked, and there is a table for who cannot see lanes. It has no script and
 * needs no other file. Of more than 200 steps it shows those nearest to the pair and to the end, and says so.
 *
 * @throws InvalidArgumentError
 * @returns the text of an HTML file, to be written wherever you like
 * @example writeFileSync('failure.html', swimlane(failure.trace, { title: failure.name, token: failure.token }));
 */
export function swimlane(trace: Trace, options: SwimlaneOptions = {}): string {
  checkTrace('swimlane', trace);
  const expected = 'options like { title: "transfer" }';
  const { title = 'A run, step by step', token, remarks = [] } = checkArgument('swimlane', options, 'object', expected);
  const excerpt = excerptOf(trace, MOST_STEPS, MOST_TASKS);
  const main = mainFile(trace);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p class="${trace.error === undefined ? 'muted' : 'error'}">${trace.error === undefined ? 'The run passed.' : escapedLines(errorText(trace.error))}</p>
${token === undefined ? '' : `<p class="muted">To repeat this run, give this token to <code>replay</code>, or to the test in <code>EXPLORE_REPLAY</code>:</p>\n<div class="token"><code>${escaped(token)}</code></div>`}
${pairSection(trace)}
${remarks.map(remark => `<p>${escaped(remark)}</p>`).join('\n')}
<h2 id="run">The run</h2>
<p class="muted">${sizeText(trace, excerpt)}${main === undefined ? '' : ` Lines are those of <code>${escaped(main)}</code>.`} Point at a step, or move to it with the Tab key, to see all of it.</p>
<p class="muted legend"><span><i class="dashed"></i>waits</span><span><i class="message"></i>is ready, but does not run</span><span><i class="message"></i>▸ makes another task ready</span></p>
<div class="scroll" role="region" aria-labelledby="run" tabindex="0">
${lanes(trace, excerpt, main)}
</div>
${table(trace, excerpt, main)}
</main>
</body>
</html>
`;
}

function pairSection(trace: Trace): string {
  const pair = pairOf(trace);
  if (pair === undefined) return '';
  const cards = pair.map((step, index) => card(step, index + 1, trace)).join('\n');
  return `<h2>The critical pair</h2>\n<p>${pairSentence(pair, trace)}</p>\n<div class="cards">\n${cards}\n</div>`;
}

function card(step: TraceStep, place: number, trace: Trace): string {
  const who = `<b class="name">${escaped(titleOf(step.task, trace))}</b> ${escaped(reason(step))}, and ${movement(step)}`;
  const link = `<a href="#step-${step.index}">Step ${step.index}</a>, at ${time(step)} ms`;
  return `<div class="card"><p><span class="badge">${place}</span> ${link}: ${who}</p>${stack(whereabouts(step))}</div>`;
}

function sizeText({ steps }: Trace, { tasks, leftOut }: Excerpt): string {
  const all = `${counted(steps.length, 'step')} of ${counted(new Set(steps.map(({ task }) => task)).size, 'task')}`;
  if (leftOut.length === 0) return `${all}.`;
  return `${all}, of which ${counted(steps.length - leftOut.length, 'step')} of ${counted(tasks.length, 'task')} are shown: those nearest to the pair and to the end.`;
}

function table(trace: Trace, excerpt: Excerpt, main: string | undefined): string {
  const rows = excerpt.rows.map(row =>
    'step' in row
      ? tableRow(row.step, trace, main)
      : `<tr><td colspan="6">… ${leftOutText(row.leftOut, excerpt.tasks)}</td></tr>`,
  );
  const head = ['step', 'ms', 'task', 'why it was ready', 'where it went on', 'what it waits for'].map(
    text => `<th scope="col">${text}</th>`,
  );
  return `<details><summary>The same as a table</summary><div class="table"><table><thead><tr>${head.join('')}</tr></thead><tbody>\n${rows.join('\n')}\n</tbody></table></div></details>`;
}

function tableRow(step: TraceStep, trace: Trace, main: string | undefined): string {
  const place = trace.pair?.indexOf(step.index) ?? -1;
  const mark = place < 0 ? '' : ` (${place === 0 ? 'first' : 'second'} of the pair)`;
  const cells = [
    `${step.index}${mark}`,
    time(step),
    escaped(titleOf(step.task, trace)),
    escaped(reason(step)),
    escaped(beginning(step, main)),
    escaped(ending(step, main)),
  ];
  return `<tr${place < 0 ? '' : ' class="critical"'}>${cells.map(cell => `<td>${cell}</td>`).join('')}</tr>`;
}
