/** A chain of tasks may be a hundred thousand deep. */
const MOST_DRAWN = 20;

/**
 * The lines that connect each row of a tree to its parent, from the depths of the rows, parents before their children. Rows with
 * the least depth get none.
 *
 * @example branchesOf([0, 1, 2, 1]); // ['', '├─ ', '│  └─ ', '└─ ']
 */
export function branchesOf(depths: readonly number[]): string[] {
  const branches: string[] = [];
  /** By depth, as far as it is drawn: whether a row further down has the same parent. */
  const hasNext: boolean[] = [];
  for (const depth of depths.toReversed()) {
    branches.push(branchOf(depth, hasNext));
    hasNext.length = Math.min(hasNext.length, depth);
    if (depth <= MOST_DRAWN) hasNext[depth] = true;
  }
  return branches.reverse();
}

function branchOf(depth: number, hasNext: readonly boolean[]): string {
  let branch = '';
  for (let level = 1; level < Math.min(depth, MOST_DRAWN); level++) branch += hasNext[level] ? '│  ' : '   ';
  if (depth === 0) return '';
  return branch + (depth > MOST_DRAWN ? '... ' : hasNext[depth] ? '├─ ' : '└─ ');
}
