import * as Plot from '@observablehq/plot';
import type { ScenarioResults } from '../../src/results/results.js';
import { microseconds, percent } from '../format.js';
import { costOf, measuredAt, QUANTILES, type QuantileName, quantileOf } from '../rows.js';
import { axisX, axisY, type ChartOptions, draw, titleOfX, titleOfY } from './chart.js';
import { type LogAxis, logAxis } from './log-axis.js';
import { paretoFront } from './pareto.js';
import { placeLabels, widthOf } from './place-labels.js';
import { colourOf, type Family, familyOf, LEGEND, type Theme } from './theme.js';

export interface MainPictureOptions extends ChartOptions {
  readonly quantile: QuantileName;
  /** Of a spin by hand, in microseconds; null: it was not measured. */
  readonly floorUs: number | null;
  /** For a picture that stands alone. */
  readonly heading?: { readonly title: string; readonly lines: readonly string[]; readonly foot: string };
}

/** A row, as it is drawn. */
export interface Point {
  readonly name: string;
  readonly family: Family;
  readonly colour: string;
  /** In per cent of a core. */
  readonly cpu: number;
  /** In microseconds. */
  readonly late: number;
  readonly interval: readonly [low: number, high: number] | null;
  readonly isStrategy: boolean;
}

/** The points of a setting. A row whose host does not tell its processor time, or that has no such quantile, has none. */
export function pointsOf(
  scenario: ScenarioResults,
  setting: number,
  quantile: QuantileName,
  theme: Theme,
): { points: Point[]; front: Point[] } {
  const points = measuredAt(scenario.rows, setting).flatMap(row => {
    const late = quantileOf(row, quantile);
    const cpu = costOf(row);
    if (late === null || cpu === null) return [];
    const { subject } = row;
    return {
      name: subject.name,
      family: familyOf(subject),
      colour: colourOf(subject, theme),
      cpu,
      late: late.value,
      interval: late.interval,
      isStrategy: subject.kind === 'strategy',
    };
  });
  const strategies = points.filter(point => point.isStrategy);
  return { points, front: paretoFront(strategies.length > 0 ? strategies : points) };
}

const LOWEST_CPU = 0.05;
const LOWEST_LATE = 0.1;
const FAR = 100;
const MARGIN = { left: 58, right: 18, bottom: 46, top: 42 };

const LEGEND_ROW = 20;

/** How late against what it costs. At the lower left is what everybody wants; the front is the best there is. */
export function latenessAgainstCpu(
  scenario: ScenarioResults,
  setting: number,
  options: MainPictureOptions,
): SVGSVGElement {
  const { theme, width, floorUs, heading, quantile } = options;
  const { points, front } = pointsOf(scenario, setting, quantile, theme);
  const x = logAxis([...points.map(point => point.cpu), 100], LOWEST_CPU, 200);
  const lates = points.flatMap(({ late, interval }) => [late, ...(interval ?? [])]);
  // Far below all points it would only take their room.
  const floor = floorUs && floorUs > Math.min(...lates) / FAR ? floorUs : null;
  const y = logAxis(floor === null ? lates : [...lates, floor], LOWEST_LATE);
  const isNarrow = width < 520;
  const legend = legendRows(points, width - MARGIN.right);
  const top = MARGIN.top + LEGEND_ROW * legend.length + (heading ? 40 + 18 * heading.lines.length : 0);
  const bottom = MARGIN.bottom + (heading ? 26 : 0);
  const height = top + bottom + (isNarrow ? 360 : Math.min(460, Math.round(width * 0.5)));
  const frame = { left: MARGIN.left, right: width - MARGIN.right, top, bottom: height - bottom };
  return draw(
    {
      height,
      marginLeft: MARGIN.left,
      marginRight: MARGIN.right,
      marginTop: top,
      marginBottom: bottom,
      x: { type: 'log', domain: x.domain, label: null },
      y: { type: 'log', domain: y.domain, label: null },
      marks: [
        axisX(x, options),
        axisY(y, theme),
        titleOfY(`↑ ${scenario.samples}, µs (${QUANTILES[quantile]})`, MARGIN.left - 6, theme),
        titleOfX('CPU, % of a core →', theme),
        floor === null ? null : floorLine(floor, y, theme),
        frontLine(front, x, y, theme),
        Plot.ruleX(
          points.filter(point => point.interval),
          {
            x: point => x.clamp(point.cpu),
            y1: point => y.clamp(point.interval![0]),
            y2: point => y.clamp(point.interval![1]),
            stroke: 'colour',
            strokeOpacity: 0.55,
            strokeWidth: 2,
          },
        ),
        dots(points, front, x, y, theme),
        labels(points, front, x, y, frame, theme),
        legend.flatMap((row, n) => legendMarks(row, LEGEND_ROW * (legend.length - n) + 30, theme)),
        heading ? headingMarks(heading, top, theme) : null,
      ],
    },
    options,
  );
}

function floorLine(floorUs: number, y: LogAxis, theme: Theme): Plot.Markish {
  return [
    Plot.ruleY([y.clamp(floorUs)], { stroke: theme.muted, strokeDasharray: '2 4' }),
    Plot.text([`noise floor: a spin by hand, ${microseconds(floorUs)}`], {
      y: y.clamp(floorUs),
      frameAnchor: 'left',
      textAnchor: 'start',
      dx: 6,
      dy: -8,
      fill: theme.muted,
      fontSize: 11,
    }),
  ];
}

/** The line, and a shade over all that it beats. */
function frontLine(front: readonly Point[], x: LogAxis, y: LogAxis, theme: Theme): Plot.Markish {
  const steps = front.map(point => ({ x: x.clamp(point.cpu), y: y.clamp(point.late) }));
  if (steps.length === 0) return null;
  const [first, last] = [steps[0]!, steps.at(-1)!];
  const beaten = [{ x: first.x, y: y.domain[1] }, ...steps, { x: x.domain[1], y: last.y }];
  return [
    Plot.areaY(beaten, { x: 'x', y1: 'y', y2: y.domain[1], curve: 'step-after', fill: theme.ink, fillOpacity: 0.035 }),
    Plot.line(steps, {
      x: 'x',
      y: 'y',
      curve: 'step-after',
      stroke: theme.ink,
      strokeOpacity: 0.5,
      strokeWidth: 1.5,
      className: 'front',
    }),
  ];
}

function dots(points: readonly Point[], front: readonly Point[], x: LogAxis, y: LogAxis, theme: Theme): Plot.Markish {
  const place = { x: (point: Point) => x.clamp(point.cpu), y: (point: Point) => y.clamp(point.late) };
  return [
    Plot.dot(points, {
      ...place,
      r: 6,
      symbol: (point: Point) => point.family.symbol,
      stroke: 'colour',
      fill: (point: Point) => (front.includes(point) ? point.colour : theme.background),
      strokeWidth: 2,
      title: ({ name, late, interval, cpu }) =>
        `${name}\n${microseconds(late)} late${interval ? ` (${microseconds(interval[0])} to ${microseconds(interval[1])})` : ''}\nCPU ${percent(cpu)}`,
      className: 'points',
    }),
    Plot.text(
      points.filter(point => y.isBelow(point.late)),
      { ...place, text: () => '▼', dy: 13, fill: 'colour', fontSize: 9 },
    ),
    Plot.text(
      points.filter(point => x.isBelow(point.cpu)),
      { ...place, text: () => '◀', dx: -13, fill: 'colour', fontSize: 9 },
    ),
  ];
}

function labels(
  points: readonly Point[],
  front: readonly Point[],
  x: LogAxis,
  y: LogAxis,
  frame: { left: number; right: number; top: number; bottom: number },
  theme: Theme,
): Plot.Markish {
  const fontSize = 12;
  const toX = Plot.scale({ x: { type: 'log', domain: x.domain, range: [frame.left, frame.right] } })!;
  const toY = Plot.scale({ y: { type: 'log', domain: y.domain, range: [frame.bottom, frame.top] } })!;
  const ordered = [...front, ...points.filter(point => !front.includes(point))];
  const placed = ordered.map(point => ({
    x: toX.apply(x.clamp(point.cpu)) as number,
    y: toY.apply(y.clamp(point.late)) as number,
    text: point.name,
  }));
  return placeLabels(placed, frame, fontSize).map(({ dx, dy, anchor, isFar }, n) => {
    const point = ordered[n]!;
    const place = { x: x.clamp(point.cpu), y: y.clamp(point.late) };
    const end = {
      x: toX.invert!(placed[n]!.x + dx * 0.94) as number,
      y: toY.invert!(placed[n]!.y + dy * 0.94) as number,
    };
    return [
      isFar
        ? Plot.link([point], {
            x1: () => place.x,
            y1: () => place.y,
            x2: () => end.x,
            y2: () => end.y,
            stroke: theme.muted,
            strokeWidth: 0.75,
          })
        : null,
      Plot.text([point], {
        x: () => place.x,
        y: () => place.y,
        dx,
        dy,
        textAnchor: anchor,
        text: 'name',
        fontSize,
        fontWeight: front.includes(point) ? 700 : 400,
        fill: front.includes(point) ? theme.ink : theme.muted,
        stroke: theme.background,
        strokeWidth: 3,
        className: 'label',
      }),
    ];
  });
}

type Entry = { readonly family: Family; readonly colour: string; readonly left: number };

/** As many rows as the width asks for. */
function legendRows(points: readonly Point[], width: number): Entry[][] {
  const rows: Entry[][] = [[]];
  let left = 0;
  for (const name of LEGEND) {
    const point = points.find(({ family }) => family.name === name);
    if (point === undefined) continue;
    const needed = widthOf(point.family.title, 12) + 36;
    if (left > 0 && left + needed > width) {
      rows.push([]);
      left = 0;
    }
    rows.at(-1)!.push({ family: point.family, colour: point.colour, left });
    left += needed;
  }
  return rows;
}

function legendMarks(row: readonly Entry[], above: number, theme: Theme): Plot.Markish[] {
  return row.flatMap(({ family, colour, left }) => {
    const dx = left - MARGIN.left + 14;
    const shared = { frameAnchor: 'top-left', dy: -above } as const;
    const text = { ...shared, textAnchor: 'start', lineAnchor: 'middle', fill: theme.muted, fontSize: 12 } as const;
    return [
      Plot.dot([0], { ...shared, dx, r: 5, symbol: family.symbol, stroke: colour, strokeWidth: 2 }),
      Plot.text([family.title], { ...text, dx: dx + 12 }),
    ];
  });
}

function headingMarks(
  { title, lines, foot }: NonNullable<MainPictureOptions['heading']>,
  top: number,
  theme: Theme,
): Plot.Markish {
  const shared = { textAnchor: 'start', lineAnchor: 'middle', dx: -MARGIN.left + 8 } as const;
  const above = { ...shared, frameAnchor: 'top-left' } as const;
  return [
    Plot.text([title], { ...above, dy: -top + 22, fontSize: 17, fontWeight: 700, fill: theme.ink }),
    lines.map((line, n) => Plot.text([line], { ...above, dy: -top + 46 + 18 * n, fontSize: 12, fill: theme.muted })),
    Plot.text([foot], { ...shared, frameAnchor: 'bottom-left', dy: 60, fontSize: 11, fill: theme.muted }),
  ];
}
