import type { SwitchCostResult, SwitchCostRow } from '../scenarios/switch-cost.js';
import type { Colours } from './colours.js';
import { whole } from './numbers.js';
import { type Column, plainTable } from './plain-table.js';

/** What one switch costs by each means. */
export function switchCostTable({ rounds, rows }: SwitchCostResult, colours: Colours): string {
  const columns: Column[] = [
    { head: `one switch, ${rounds} rounds`, width: 50, align: 'left' },
    { head: 'median', width: 10, align: 'right' },
    { head: 'min', width: 10, align: 'right' },
    { head: 'max', width: 10, align: 'right' },
  ];
  return plainTable(
    columns.map(column => ({ ...column, head: colours.bold(column.head) })),
    rows.map(row => cells(row, colours)),
  );
}

function cells({ name, ns }: SwitchCostRow, { bold, dim }: Colours): string[] {
  if (ns === null) return [dim(`${name}: not installed`), ...Array(3).fill(dim('-'))];
  return [name, bold(whole(ns.median)), whole(ns.min), whole(ns.max)];
}
