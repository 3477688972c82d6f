/**
 * What one of `count` operations takes, in nanoseconds, when `work` does all of them.
 *
 * No collection is forced before: it would shrink V8's young generation to its first size, and what is measured then is
 * how that grows again. What the other sides left lying about falls on all alike, for their order is shuffled.
 */
export async function nanosecondsEach(count: number, work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return ((performance.now() - start) * 1e6) / count;
}
