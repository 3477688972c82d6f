import { busyWaitModule, type Coroutine, createLoop, type Pause, pause } from 'escapement';

interface Tree {
  readonly size: number;
  readonly children: readonly Tree[];
}

function* sizeOf(tree: Tree): Coroutine<number, Pause> {
  yield* pause();
  let size = tree.size;
  for (const child of tree.children) size += yield* sizeOf(child);
  return size;
}

const leaf: Tree = { size: 1, children: [] };
console.log(createLoop(busyWaitModule).runSync(sizeOf({ size: 10, children: [leaf, leaf] })));

// @ts-expect-error its type follows from itself
export function* mistake(tree: Tree) {
  yield* pause();
  let size = tree.size;
  for (const child of tree.children) size += yield* mistake(child);
  return size;
}
