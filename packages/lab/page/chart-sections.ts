import type { Results, ScenarioResults } from '../src/results/results.js';
import { coldAndWarm, measuredCold } from './charts/cold-and-warm.js';
import { heatMap, type Measure } from './charts/heat-map.js';
import { latenessAgainstCpu, pointsOf } from './charts/lateness-against-cpu.js';
import { overTime, samplesInOrder } from './charts/over-time.js';
import { roundMedians } from './charts/rounds.js';
import { survival } from './charts/survival.js';
import { LIGHT } from './charts/theme.js';
import { isExplained, meanOf, PARTS, whyLate } from './charts/why-late.js';
import { choice } from './choice.js';
import { h, newId } from './dom.js';
import { png, save, svgText } from './downloads.js';
import { type Figure, figure } from './figure.js';
import { microseconds, percent } from './format.js';
import { headingOf } from './heading.js';
import {
  costOf,
  isMeasured,
  type MeasuredRow,
  mainSetting,
  measuredAt,
  QUANTILES,
  type QuantileName,
  settingsOf,
} from './rows.js';
import { themeChanged } from './theme-switch.js';

/** All charts, and above them what chooses the setting that they show. */
export function chartSections(results: Results): HTMLElement[] {
  const scenarios = results.scenarios.filter(scenario => scenario.rows.some(isMeasured));
  if (scenarios.length === 0) return [h('p', { class: 'note' }, 'There are no figures to draw.')];
  return [new ChartSections(results, scenarios).element];
}

class ChartSections {
  readonly element = h('div', { class: 'charts' });
  readonly #results: Results;
  readonly #charts = h('div');
  readonly #chooser = h('div', { class: 'chooser', role: 'group', 'aria-label': 'What the charts show' });
  #scenario: ScenarioResults;
  #setting: number;
  #quantile: QuantileName = 'p50';
  #measure: Measure = 'p50';
  #figures: Figure[] = [];

  constructor(results: Results, scenarios: readonly ScenarioResults[]) {
    this.#results = results;
    this.#scenario = scenarios[0]!;
    this.#setting = mainSetting(this.#scenario.rows)!;
    this.#showChooser(scenarios);
    this.element.append(this.#chooser, this.#charts);
    this.#showCharts();
    themeChanged.addEventListener('change', () => {
      for (const each of this.#figures) each.redraw();
    });
  }

  #showChooser(scenarios: readonly ScenarioResults[]): void {
    const settings = h('div');
    const showSettings = () => {
      settings.replaceChildren(
        choice(
          this.#scenario.parameter,
          settingsOf(this.#scenario.rows).map(({ setting, label }) => ({ value: setting, text: label })),
          this.#setting,
          setting => {
            this.#setting = setting;
            this.#showCharts();
          },
        ),
      );
    };
    showSettings();
    const scenario = choice(
      'Scenario',
      scenarios.map(each => ({ value: each, text: each.name })),
      this.#scenario,
      chosen => {
        this.#scenario = chosen;
        this.#setting = mainSetting(chosen.rows)!;
        showSettings();
        this.#showCharts();
      },
    );
    this.#chooser.replaceChildren(scenario, settings);
  }

  #showCharts(): void {
    this.#figures = [];
    const rows = measuredAt(this.#scenario.rows, this.#setting);
    const label = settingsOf(this.#scenario.rows).find(each => each.setting === this.#setting)!.label;
    const nothing = h('p', { class: 'note' }, `Nothing was measured at ${label}.`);
    this.#charts.replaceChildren(
      h('p', { class: 'explanation' }, h('strong', {}, `${this.#scenario.title}. `), this.#scenario.explanation),
      ...(rows.length === 0 ? [nothing] : this.#sectionsOf(rows, label)),
      this.#heatMapSection(),
    );
  }

  #sectionsOf(rows: readonly MeasuredRow[], label: string): HTMLElement[] {
    const samples = this.#scenario.samples;
    return [
      ...this.#mainSection(label),
      section(
        'tails',
        `How often, how late: ${label}`,
        'The share of the samples that were later than the value below. A steep line is a strategy that one can rely on; a long flat tail is one that is sometimes very late. Dotted: fewer than ten samples lie beyond, so that is chance. Grey: all others.',
        [
          this.#figure(
            'survival',
            () => `Share of samples beyond a ${samples}, ${label}. ${tails(rows)}`,
            options => survival(rows, options),
          ),
        ],
      ),
      section(
        'rounds',
        `Round by round: ${label}`,
        'Each mark is the median of a round, each stroke that of all, each bar its 95 % interval. Rows whose marks lie among each other cannot be told apart. Hollow: the round was held up from outside.',
        [
          this.#figure(
            'rounds',
            () => `Medians of rounds, ${label}. ${medians(rows)}`,
            options => roundMedians(rows, samples, options),
          ),
        ],
      ),
      this.#timeSection(rows, label),
      ...this.#whySection(label),
      ...this.#coldSection(rows, label),
    ];
  }

  #mainSection(label: string): HTMLElement[] {
    const scenario = this.#scenario;
    const { points } = pointsOf(scenario, this.#setting, 'p50', LIGHT);
    // In virtual time nothing costs processor time.
    if (points.length === 0) return [];
    const setting = this.#setting;
    const floorUs = this.#results.machine.floorUs;
    const main = this.#figure(
      'main',
      () => mainText(scenario, setting, this.#quantile, label),
      options => latenessAgainstCpu(scenario, setting, { ...options, quantile: this.#quantile, floorUs }),
    );
    const standAlone = () =>
      latenessAgainstCpu(scenario, setting, {
        width: 720,
        theme: LIGHT,
        quantile: this.#quantile,
        floorUs,
        heading: headingOf(this.#results, scenario, setting),
      });
    const file = `${scenario.name}-${setting}`;
    const quantile = choice(
      capital(scenario.samples),
      (Object.keys(QUANTILES) as QuantileName[]).map(value => ({ value, text: QUANTILES[value] })),
      this.#quantile,
      chosen => {
        this.#quantile = chosen;
        main.redraw();
      },
    );
    return [
      section(
        'main',
        `${capital(scenario.samples)} against CPU: ${label}`,
        'Lower left is better: early and cheap. The line is the Pareto front: what is filled on it is beaten by no other strategy in both. ▼ or ◀: the value is 0 or below, and a logarithmic axis has no such place.',
        [
          quantile,
          main.element,
          h(
            'p',
            { class: 'actions' },
            button('Save as SVG', () =>
              save(`${file}.svg`, new Blob([svgText(standAlone())], { type: 'image/svg+xml' })),
            ),
            button('Save as PNG', async () => save(`${file}.png`, await png(standAlone()))),
          ),
        ],
      ),
    ];
  }

  #timeSection(rows: readonly MeasuredRow[], label: string): HTMLElement {
    const id = newId('subject');
    const holder = h('div');
    let single: Figure | null = null;
    const show = (row: MeasuredRow) => {
      this.#figures = this.#figures.filter(each => each !== single);
      single = this.#figure(
        'samples',
        () => `Each ${this.#scenario.samples} of ${row.subject.name} in order, ${label}`,
        options => samplesInOrder(row, this.#scenario.samples, options),
      );
      holder.replaceChildren(single.element);
    };
    const select = h(
      'select',
      { id, onchange: () => show(rows[select.selectedIndex]!) },
      ...rows.map(row => h('option', {}, row.subject.name)),
    );
    const first = Math.max(
      0,
      rows.findIndex(row => row.subject.kind === 'strategy'),
    );
    select.selectedIndex = first;
    show(rows[first]!);
    return section(
      'time',
      `Over time: ${label}`,
      'When each round ran. The stronger the colour, the later its latest sample; ✕: something outside held it up. Rows that are late at the same time probably share a cause.',
      [
        this.#figure(
          'over-time',
          () => `The rounds of ${label} in time, with the ones that were held up from outside`,
          options => overTime(rows, options),
        ),
        h('p', { class: 'actions' }, h('label', { for: id }, 'Every sample of '), select),
        holder,
      ],
    );
  }

  #whySection(label: string): HTMLElement[] {
    const rows = this.#scenario.rows.filter(row => row.setting === this.#setting).filter(isExplained);
    if (rows.length === 0) return [];
    const text = () =>
      rows
        .map(
          row =>
            `${row.subject.name}: ${PARTS.map(part => `${part.title} ${microseconds(meanOf(row, part.of))}`).join(', ')}`,
        )
        .join('. ');
    return [
      section(
        'why',
        `Why late: ${label}`,
        'Where the lateness of the latest ticks comes from, on average: the task itself that was still busy, the strategy that overslept, the handler, the queue of ready tasks, garbage collection, and a machine that gave no core.',
        [
          this.#figure(
            'why',
            () => `Why late, ${label}. ${text()}`,
            options => whyLate(rows, options),
          ),
        ],
      ),
    ];
  }

  #coldSection(rows: readonly MeasuredRow[], label: string): HTMLElement[] {
    const both = measuredCold(rows);
    if (both.length === 0) return [];
    const text = () =>
      both
        .map(
          ({ subject, summary }) =>
            `${subject.name}: cold ${microseconds(summary.coldP50Us)}, warm ${microseconds(summary.us.p50.value)}`,
        )
        .join('. ');
    return [
      section(
        'cold',
        `Cold and warm: ${label}`,
        'Hollow: the first samples of a new process. Filled: all later ones, which the other charts show.',
        [
          this.#figure(
            'cold',
            () => `Cold and warm, ${label}. ${text()}`,
            options => coldAndWarm(both, this.#scenario.samples, options),
          ),
        ],
      ),
    ];
  }

  #heatMapSection(): HTMLElement {
    const scenario = this.#scenario;
    const hasCpu = scenario.rows.some(row => costOf(row) !== null);
    if (!hasCpu && this.#measure === 'cpu') this.#measure = 'p50';
    const map = this.#figure(
      'heat-map',
      () => `${scenario.name}: each subject at each ${scenario.parameter}. The table below has the figures.`,
      options => heatMap(scenario, this.#measure, options),
    );
    const measures = choice<Measure>(
      'Cells show',
      [
        ...(Object.keys(QUANTILES) as QuantileName[]).map(value => ({ value, text: QUANTILES[value] })),
        ...(hasCpu ? [{ value: 'cpu' as const, text: 'CPU' }] : []),
      ],
      this.#measure,
      chosen => {
        this.#measure = chosen;
        map.redraw();
      },
    );
    return section(
      'map',
      `Every ${scenario.parameter} at a glance`,
      'The best on the whole is at the top. The stronger the colour, the later or the dearer.',
      [measures, map.element],
    );
  }

  #figure(...of: Parameters<typeof figure>): Figure {
    const made = figure(...of);
    this.#figures.push(made);
    return made;
  }
}

function section(id: string, title: string, text: string, content: readonly (HTMLElement | Figure)[]): HTMLElement {
  const elements = content.map(each => (each instanceof HTMLElement ? each : each.element));
  return h('section', { id }, h('h2', {}, title), h('p', { class: 'reading' }, text), ...elements);
}

function button(text: string, onclick: () => void): HTMLElement {
  return h('button', { type: 'button', class: 'action', onclick }, text);
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function mainText(scenario: ScenarioResults, setting: number, quantile: QuantileName, label: string): string {
  const { points, front } = pointsOf(scenario, setting, quantile, LIGHT);
  const say = ({ name, late, cpu }: (typeof points)[number]) =>
    `${name} ${microseconds(late)} late, CPU ${percent(cpu)}`;
  const others = points.filter(point => !front.includes(point));
  return `${capital(scenario.samples)} (${QUANTILES[quantile]}) against CPU, ${label}. On the Pareto front: ${front.map(say).join('; ')}. Others: ${others.map(say).join('; ')}.`;
}

function tails(rows: readonly MeasuredRow[]): string {
  return rows
    .map(
      ({ subject, summary: { us } }) =>
        `${subject.name}: half beyond ${microseconds(us.p50.value)}${us.p99 ? `, 1 % beyond ${microseconds(us.p99.value)}` : ''}`,
    )
    .join('. ');
}

function medians(rows: readonly MeasuredRow[]): string {
  return rows
    .map(
      ({ subject, summary: { us, roundMediansUs } }) =>
        `${subject.name}: ${microseconds(us.p50.value)}, rounds from ${microseconds(Math.min(...roundMediansUs))} to ${microseconds(Math.max(...roundMediansUs))}`,
    )
    .join('. ');
}
