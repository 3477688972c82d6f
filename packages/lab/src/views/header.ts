import type { Machine } from '../results/machine.js';
import type { Parameters, Results } from '../results/results.js';
import { decimal, whole } from './numbers.js';
import type { Terminal } from './terminal.js';
import { cleaned, wrapped } from './text.js';

/** The question, the machine, and how to repeat the run. Shown before the results exist. */
export function header(results: Results, { width, colours }: Terminal): string {
  const { bold, dim, yellow } = colours;
  const lines = (texts: readonly string[], paint: (text: string) => string) =>
    texts.map(text => paint(wrapped(text, width, '  ')));
  return [
    bold(wrapped('How late does each way of waiting wake, and what does it cost?', width)),
    ...lines(aboutMachine(results.machine), dim),
    ...lines(aboutRun(results), dim),
    ...lines(warnings(results.machine), yellow),
  ].join('\n');
}

/** The machine, and what it does for the precision of a wait. */
export function aboutMachine(machine: Machine): string[] {
  const { cores, cpu, os, node, clockNs, floorUs } = machine;
  const floor = [
    floorUs === null ? '' : `a spin by hand ends ${decimal(floorUs, 1)} us late`,
    clockNs === null ? '' : `a look at the clock takes ${whole(clockNs)} ns`,
  ].filter(Boolean);
  return [
    `${cores} x ${cleaned(cpu)}, ${cleaned(os)}, ${/^v\d/.test(node) ? `Node ${node}` : cleaned(node)}`,
    ...(floor.length > 0 ? [`Noise floor: ${floor.join(', ')}`] : []),
    ...unusual(machine),
  ];
}

/** How the run can be repeated. */
export function aboutRun({ date, lab, parameters }: Results): string[] {
  const minute = date.slice(0, 16).replace('T', ' ');
  return [`${minute} UTC, lab ${cleaned(lab)}, seed ${parameters.seed}, ${planned(parameters)} in shuffled order`];
}

/** What on this machine disturbs any measurement, and what to do. */
export function warnings({ load, cores, coreLimit, governor }: Machine): string[] {
  return [
    load !== null && load > cores / 2
      ? `Load ${decimal(load, 1)} on ${cores} ${cores === 1 ? 'core' : 'cores'}: other programs compete for them. End those for figures that hold.`
      : '',
    coreLimit !== null && coreLimit < 2
      ? `The control group allows ${decimal(coreLimit, 1)} cores: a spin may be throttled.`
      : '',
    governor !== null && governor !== 'performance'
      ? `The cores change their speed (governor ${cleaned(governor)}): the first wakes after a pause are late.`
      : '',
  ].filter(Boolean);
}

const USUAL_SLACK = 50_000;

function unusual({ schedulingClass, timerSlackNs, coreLimit }: Machine): string[] {
  const told = [
    schedulingClass === null || schedulingClass === 'SCHED_OTHER' ? '' : `scheduled as ${schedulingClass}`,
    timerSlackNs === null || timerSlackNs === USUAL_SLACK ? '' : `timer slack ${whole(timerSlackNs)} ns`,
    coreLimit === null ? '' : `limited to ${decimal(coreLimit, 1)} cores`,
  ].filter(Boolean);
  if (told.length === 0) return [];
  const text = told.join(', ');
  return [text[0]!.toUpperCase() + text.slice(1)];
}

function planned({ rounds, timeLimitMs }: Parameters): string {
  const limit = timeLimitMs === null ? '' : ` for at most ${whole(timeLimitMs / 1000)} s`;
  if (rounds === null) return `rounds${limit}`;
  return `${whole(rounds)} ${rounds === 1 ? 'round' : 'rounds'}${limit}`;
}
