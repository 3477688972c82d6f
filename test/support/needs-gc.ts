/** Skips a test that has to see what stays in memory, and says why, where `node` was started without `--expose-gc`. */
export function needsGc(test: Mocha.Context): void {
  if (globalThis.gc !== undefined) return;
  console.log('      skipped: needs --expose-gc');
  test.skip();
}
