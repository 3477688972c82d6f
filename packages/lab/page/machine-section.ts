import type { Results } from '../src/results/results.js';
import { h } from './dom.js';
import { microseconds, plural, short } from './format.js';
import { machineLine } from './heading.js';
import { tellsHits } from './rows.js';

/** What it was measured on, how good the figures can be there, and what disturbed them. */
export function machineSection(results: Results): HTMLElement {
  const { machine, parameters } = results;
  const facts: [string, string | null][] = [
    [
      'Noise floor',
      machine.floorUs === null
        ? null
        : `${microseconds(machine.floorUs)}: a spin by hand is that late, so no row can be better`,
    ],
    ['Clock', machine.clockNs === null ? null : `one reading takes ${short(machine.clockNs)} ns`],
    ['Disturbed', disturbed(results)],
    ['Load at the start', machine.load === null ? null : short(machine.load)],
    ['Scheduling class', machine.schedulingClass],
    ['Timer slack', machine.timerSlackNs === null ? null : `${short(machine.timerSlackNs)} ns`],
    ['Governor', machine.governor],
    ['Core limit', machine.coreLimit === null ? null : plural(machine.coreLimit, 'core')],
    ['Run', `${results.date.replace('T', ' ').slice(0, 16)} UTC, lab ${results.lab}, seed ${parameters.seed}`],
  ];
  return h(
    'section',
    { id: 'machine' },
    h('h2', {}, 'Measured on'),
    h('p', { class: 'machine' }, machineLine(machine)),
    h(
      'dl',
      { class: 'facts' },
      ...facts.flatMap(([name, value]) =>
        value === null ? [] : [h('div', {}, h('dt', {}, name), h('dd', {}, value))],
      ),
    ),
  );
}

/** Null: the host does not tell. */
function disturbed({ scenarios }: Results): string | null {
  const rows = scenarios.flatMap(scenario => scenario.rows).filter(row => row.summary !== null);
  if (!rows.some(tellsHits)) return null;
  const rounds = rows.reduce((sum, row) => sum + row.rounds.length, 0);
  const hit = rows.reduce((sum, row) => sum + Math.round(row.summary!.disturbance.roundsHit * row.rounds.length), 0);
  if (hit === 0) return 'no round was held up from outside, as far as the host tells';
  return `${short(hit)} of ${plural(rounds, 'round')} were held up from outside; the charts mark them with ✕`;
}
