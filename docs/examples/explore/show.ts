import { fileURLToPath } from 'node:url';
import type { CoreEvent, Coroutine } from '@escapement/core';
import { type BuiltInEvents, type Exploration, explore, failureText } from '@escapement/explore';

/** One of the programs here. */
export type Explored = (run: Exploration) => Coroutine<void, BuiltInEvents | CoreEvent>;

/** Prints what `explore` finds in both versions of an example. Only if the file of the example is run, and not in a test of it. */
export async function show(url: string, name: string, broken: Explored, fixed: Explored): Promise<void> {
  if (process.argv[1] !== fileURLToPath(url)) return;
  const { failure } = await explore(broken, { name });
  // Without the lines of the packages, which move.
  if (failure) console.log(failureText(failure, { width: 100 }).replace(/(packages\/\S+?)(:\d+)+/g, '$1'));
  const { failure: none, summary } = await explore(fixed, { name });
  console.log(none === undefined ? `\nfixed: ${summary.runs} runs passed` : failureText(none));
}
