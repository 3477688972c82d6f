/** What one of `count` operations takes, in nanoseconds, when `work` does all of them. */
export async function nanosecondsEach(count: number, work: () => unknown): Promise<number> {
  // What the side before left lying about is not this one's to clear up.
  globalThis.gc?.();
  const start = performance.now();
  await work();
  return ((performance.now() - start) * 1e6) / count;
}
