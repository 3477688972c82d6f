/** Steps of one task that follow each other. */
interface Block {
  readonly task: number;
  readonly steps: readonly number[];
}

/**
 * The orders in which one block of steps is joined with the block of the same task before it: the later one comes earlier, or the
 * earlier one later.
 *
 * @param order the ids of the tasks of all steps
 * @param index of the block
 * @returns undefined if there is no such block
 */
export function mergedBlocks(order: readonly number[], index: number): readonly (readonly number[])[] | undefined {
  const blocks = blocksOf(order);
  const block = blocks[index];
  if (block === undefined) return undefined;
  const before = blocks.findLastIndex((other, place) => place < index && other.task === block.task);
  if (before < 0) return [];
  const [first, between] = [blocks[before]!, blocks.slice(before + 1, index)];
  const [head, tail] = [blocks.slice(0, before), blocks.slice(index + 1)];
  return [
    [...head, first, block, ...between, ...tail],
    [...head, ...between, first, block, ...tail],
  ].map(list => list.flatMap(({ steps }) => steps));
}

function blocksOf(order: readonly number[]): Block[] {
  const blocks: { task: number; steps: number[] }[] = [];
  for (const id of order) {
    const last = blocks.at(-1);
    if (last?.task === id) last.steps.push(id);
    else blocks.push({ task: id, steps: [id] });
  }
  return blocks;
}
