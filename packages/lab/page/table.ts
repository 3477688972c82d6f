import { h } from './dom.js';

/** A column of a table that can be sorted. */
export interface Column<T> {
  readonly heading: string;
  /** Explains the heading. */
  readonly hint?: string;
  readonly text: (row: T) => string;
  /** What is sorted by. Null goes last. Default: the text. */
  readonly key?: (row: T) => number | string | null;
}

type Direction = 'ascending' | 'descending';

/** A table whose headings are buttons that sort it. The first column heads its rows. */
export function sortableTable<T>(caption: string, columns: readonly Column<T>[], rows: readonly T[]): HTMLElement {
  const body = h('tbody');
  let sorted: { column: Column<T>; direction: Direction } | null = null;
  const headings = columns.map(column => {
    const isNumber = column.key !== undefined && rows.some(row => typeof column.key!(row) === 'number');
    const button = h('button', { type: 'button', title: column.hint, onclick: () => sortBy(column) }, column.heading);
    return h('th', { scope: 'col', 'aria-sort': 'none', class: isNumber && 'number' }, button);
  });
  const show = (shown: readonly T[]) => {
    body.replaceChildren(
      ...shown.map(row =>
        h(
          'tr',
          {},
          ...columns.map((column, n) =>
            n === 0
              ? h('th', { scope: 'row' }, column.text(row))
              : h('td', { class: headings[n]!.className || undefined }, column.text(row)),
          ),
        ),
      ),
    );
  };
  const sortBy = (column: Column<T>) => {
    const direction = sorted?.column === column && sorted.direction === 'ascending' ? 'descending' : 'ascending';
    sorted = { column, direction };
    for (const [n, heading] of headings.entries()) {
      heading.setAttribute('aria-sort', columns[n] === column ? direction : 'none');
    }
    show(rows.toSorted((a, b) => compare(column, direction, a, b)));
  };
  show(rows);
  const table = h('table', {}, h('caption', {}, caption), h('thead', {}, h('tr', {}, ...headings)), body);
  return h('div', { class: 'scroller', tabindex: 0, role: 'region', 'aria-label': caption }, table);
}

function compare<T>({ key, text }: Column<T>, direction: Direction, a: T, b: T): number {
  const [left, right] = [a, b].map(key ?? text) as [number | string | null, number | string | null];
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  const order =
    typeof left === 'number' && typeof right === 'number' ? left - right : `${left}`.localeCompare(`${right}`);
  return direction === 'ascending' ? order : -order;
}
