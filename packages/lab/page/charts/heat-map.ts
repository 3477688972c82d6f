import * as Plot from '@observablehq/plot';
import type { ScenarioResults } from '../../src/results/results.js';
import { microseconds, percent } from '../format.js';
import { costOf, isMeasured, type MeasuredRow, type QuantileName, quantileOf, settingsOf } from '../rows.js';
import { type ChartOptions, draw, nameAxis, nameMargin } from './chart.js';
import { logAxis } from './log-axis.js';

/** What the cells show. */
export type Measure = QuantileName | 'cpu';

interface Cell {
  readonly name: string;
  readonly label: string;
  readonly value: number | null;
}

/** Subject by setting: where a strategy is good, and where it is not. */
export function heatMap(scenario: ScenarioResults, measure: Measure, options: ChartOptions): SVGSVGElement {
  const { theme, width } = options;
  const margin = nameMargin(scenario.rows, width);
  const labels = settingsOf(scenario.rows).map(({ label }) => label);
  const names = [...new Set(scenario.rows.map(row => row.subject.name))];
  const cells = scenario.rows.map(row => ({
    name: row.subject.name,
    label: row.label,
    value: isMeasured(row) ? figureOf(row, measure) : null,
  }));
  const known = cells.filter((cell): cell is Cell & { value: number } => cell.value !== null);
  const scale = logAxis(
    known.map(cell => cell.value),
    measure === 'cpu' ? 0.05 : 0.1,
  );
  const order = names.toSorted((a, b) => mean(known, a) - mean(known, b));
  const log = (value: number) =>
    Math.log(scale.clamp(value) / scale.domain[0]) / Math.log(scale.domain[1] / scale.domain[0]);
  return draw(
    {
      height: names.length * 30 + 44,
      marginLeft: margin,
      marginRight: 4,
      marginTop: 36,
      marginBottom: 8,
      x: { type: 'band', domain: labels, label: null, padding: 0.03 },
      y: { type: 'band', domain: order, label: null, padding: 0.06 },
      // From little to much the same way as the background goes to ink.
      color: { type: 'linear', domain: [0, 1], range: [...theme.heat], interpolate: 'hcl' },
      marks: [
        Plot.axisX({
          anchor: 'top',
          label: null,
          tickSize: 0,
          fill: theme.ink,
          fontSize: width < 480 ? 11 : 12,
          fontWeight: 600,
        }),
        nameAxis(margin, theme),
        Plot.cell(known, {
          x: 'label',
          y: 'name',
          fill: cell => log(cell.value),
          rx: 3,
          title: cell => `${cell.name}, ${cell.label}: ${textOf(cell.value, measure)}`,
          className: 'cells',
        }),
        Plot.text(known, {
          x: 'label',
          y: 'name',
          text: cell => textOf(cell.value, measure),
          fill: cell => (log(cell.value) > 0.6 ? theme.background : theme.ink),
          fontSize: width < 480 ? 11 : 12,
          fontVariant: 'tabular-nums',
        }),
        Plot.text(
          cells.filter(cell => cell.value === null),
          { x: 'label', y: 'name', text: () => '–', fill: theme.muted },
        ),
      ],
    },
    options,
  );
}

function figureOf(row: MeasuredRow, measure: Measure): number | null {
  return measure === 'cpu' ? costOf(row) : (quantileOf(row, measure)?.value ?? null);
}

function textOf(value: number, measure: Measure): string {
  return measure === 'cpu' ? percent(value) : microseconds(value);
}

/** Of the logarithms: so each setting counts alike. */
function mean(cells: readonly { name: string; value: number }[], name: string): number {
  const values = cells.filter(cell => cell.name === name).map(cell => Math.log(Math.max(cell.value, 0.01)));
  return values.length === 0 ? Infinity : values.reduce((sum, value) => sum + value, 0) / values.length;
}
