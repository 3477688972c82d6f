import { answerFor } from '../../src/views/answer.js';
import { h } from '../dom.js';
import { reportView } from '../report-view.js';
import { themeSwitch } from '../theme-switch.js';
import { BrowserRun } from './browser-run.js';
import { CHOICES, type Choice, planned } from './scenarios.js';

/** Written by the build. */
declare const LAB_VERSION: string;

/** Long enough for about as many rounds as make an interval, in seconds. */
const LENGTHS = { quick: 10, whole: 60 };

const main = document.querySelector('main')!;
const content = h('div', { id: 'results' });
const progress = h('progress', { max: 1, value: 0, 'aria-label': 'How much of the time is over' });
const doing = h('p', { class: 'doing', role: 'status' });
const length = h(
  'select',
  { id: 'length' },
  h('option', { value: 'whole' }, 'about a minute'),
  h('option', { value: 'quick' }, 'ten seconds, less exact'),
);
const what = h('select', { id: 'what' }, ...Object.entries(CHOICES).map(([value, choice]) => optionFor(value, choice)));
const start = h('button', { type: 'button', class: 'action primary', onclick: () => void measure() }, 'Measure');
const stop = h('button', { type: 'button', class: 'action', disabled: true, onclick: () => run?.stop() }, 'Stop');
let run: BrowserRun | undefined;

function optionFor(value: string, { text, needsIsolation = false }: Choice): HTMLElement {
  const isMissing = needsIsolation && !crossOriginIsolated;
  return h('option', { value, disabled: isMissing }, isMissing ? `${text} (where the page is isolated)` : text);
}

async function measure(): Promise<void> {
  const isQuick = length.value === 'quick';
  const asked = Number(new URLSearchParams(location.search).get('seconds'));
  const seconds = asked > 0 ? asked : LENGTHS[isQuick ? 'quick' : 'whole'];
  setRunning(true);
  try {
    const seed = Math.floor(Math.random() * 1_000_000);
    const plan = {
      scenarios: planned(CHOICES[what.value]!, isQuick),
      timeLimit: seconds * 1000,
      seed,
      version: LAB_VERSION,
    };
    run = new BrowserRun(plan, (share, text) => {
      progress.value = share;
      doing.textContent = text;
    });
    const results = await run.measure();
    content.replaceChildren(...reportView({ results, answer: answerFor(results), keptOneOf: 1 }));
    doing.textContent = results.partial === 'interrupted' ? 'Stopped. Below is what there is.' : 'Done.';
  } catch (error) {
    doing.textContent = `This browser cannot run the lab: ${error}`;
  } finally {
    progress.value = 1;
    setRunning(false);
  }
}

function setRunning(isRunning: boolean): void {
  start.disabled = isRunning;
  what.disabled = isRunning;
  length.disabled = isRunning;
  stop.disabled = !isRunning;
}

const isolation = crossOriginIsolated
  ? 'This page is cross-origin isolated: it has shared memory, and a clock that tells about 5 µs apart.'
  : 'This page is not cross-origin isolated: strategies that block cannot run in it, and its clock tells only about 100 µs apart. Start it by npm run lab:web, and open the address without "plain".';

/** What the lab does in Node and cannot do here. */
const LACKS =
  'A page is not told what processor time it takes, nor what held it up: so there is no CPU here, no lateness against CPU, and no mark at disturbed rounds. It has no sockets (scenario io), no programs outside, and no timer slack. For these, run the lab in Node: npx @escapement/lab.';

document.querySelector('.top')!.append(themeSwitch());
main.replaceChildren(
  h(
    'section',
    { id: 'control' },
    h('h2', {}, 'Measure in this browser'),
    h(
      'p',
      {},
      'Each strategy ticks and sleeps in the page, or in a worker of its own, in shuffled rounds. Keep this page in front, and leave the machine alone meanwhile.',
    ),
    h('p', { class: 'reading' }, isolation),
    h('p', { class: 'reading' }, LACKS),
    h(
      'p',
      { class: 'actions' },
      ...[h('label', { for: 'what' }, 'What'), what, h('label', { for: 'length' }, 'For'), length, start, stop],
    ),
    progress,
    doing,
  ),
  content,
);
