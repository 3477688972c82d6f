/**
 * @returns the nanoseconds per operation, when `work` does `count` operations
 *
 * Forces no garbage collection first: that would shrink V8's young generation to its initial size, and its growth would be
 * measured too. The garbage of other sides affects all alike, because their order is shuffled.
 */
export async function nanosecondsEach(count: number, work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return ((performance.now() - start) * 1e6) / count;
}
