import type { SymbolType } from '@observablehq/plot';
import type { SubjectInfo } from '../../src/results/results.js';

/** The colours of a chart, written out: a saved SVG has no style sheet beside it. */
export interface Theme {
  readonly background: string;
  readonly ink: string;
  readonly muted: string;
  readonly faint: string;
  readonly grid: string;
  readonly accent: string;
  readonly families: Readonly<Record<FamilyName, string>>;
  /** From little to much, as from the background to the ink. */
  readonly heat: readonly [low: string, high: string];
  /** Of bars that are stacked. */
  readonly parts: readonly [string, string, string, string, string, string];
}

/** Subjects that wait in the same way share a colour and a symbol. */
export interface Family {
  readonly name: FamilyName;
  readonly title: string;
  readonly symbol: SymbolType;
}

export type FamilyName = 'spins' | 'blocks' | 'yields' | 'jumps' | 'baseline' | 'outside';

// The hues of Okabe and Ito, which the colour-blind can tell apart; in the dark lighter ones of the same order.
export const LIGHT: Theme = {
  background: '#ffffff',
  ink: '#1c2330',
  muted: '#5b6574',
  faint: '#c3c9d2',
  grid: '#e6e9ee',
  accent: '#0072b2',
  families: {
    spins: '#c85200',
    blocks: '#0072b2',
    yields: '#00815f',
    jumps: '#0072b2',
    baseline: '#4a5361',
    outside: '#a8507f',
  },
  heat: ['#eef5fb', '#0b4f86'],
  parts: ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#7d8794', '#d55e00'],
};

export const DARK: Theme = {
  background: '#151a21',
  ink: '#e8ebf0',
  muted: '#9aa5b4',
  faint: '#465161',
  grid: '#28303b',
  accent: '#5db7f0',
  families: {
    spins: '#ff9147',
    blocks: '#5db7f0',
    yields: '#2fcb9f',
    jumps: '#5db7f0',
    baseline: '#b4bdc9',
    outside: '#e69fc6',
  },
  heat: ['#1b2733', '#7fd0ff'],
  parts: ['#5db7f0', '#f0b429', '#2fcb9f', '#e69fc6', '#8d98a7', '#ff8f5a'],
};

const FAMILIES: Readonly<Record<FamilyName, Family>> = {
  spins: { name: 'spins', title: 'keeps a core busy', symbol: 'triangle' },
  blocks: { name: 'blocks', title: 'blocks the thread', symbol: 'circle' },
  yields: { name: 'yields', title: 'lets the host run', symbol: 'square' },
  jumps: { name: 'jumps', title: 'virtual time', symbol: 'circle' },
  baseline: { name: 'baseline', title: 'no loop, to compare', symbol: 'times' },
  outside: { name: 'outside', title: 'another process', symbol: 'diamond' },
};

/** Families in the order of a legend. */
export const LEGEND: readonly FamilyName[] = ['spins', 'blocks', 'yields', 'jumps', 'baseline', 'outside'];

/** How a subject waits decides how it is drawn. */
export function familyOf(subject: SubjectInfo): Family {
  if (subject.kind === 'baseline' || subject.kind === 'outside') return FAMILIES[subject.kind];
  return FAMILIES[subject.waits ?? 'jumps'];
}

export function colourOf(subject: SubjectInfo, theme: Theme): string {
  return theme.families[familyOf(subject).name];
}

/** Fonts that are everywhere: a picture in a README cannot bring its own. */
export const FONT = "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif";
