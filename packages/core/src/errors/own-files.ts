/** This code's file, as hosts show it in stacks. Unknown in a CommonJS bundle. */
const file: string = (import.meta as unknown as { url?: string }).url ?? '';
/**
 * The folder of this package. A bundle of a whole program has the program's own code in the same file, so there it stays
 * empty, and no file counts as ours.
 */
const folder = /^.*\/core\/(?=bundle\/index\.js$|dist\/errors\/own-files\.js$)/.exec(file)?.[0] ?? '';

/**
 * Whether a frame of a stack, or its file, is of `@escapement/core`: of its code, or of its sources if there is a source map. For
 * tools that show where in a program something happened.
 * @example const own = stack.split('\n').filter(frame => !isOfCore(frame));
 */
export function isOfCore(frame: string): boolean {
  return folder !== '' && (frame.includes(folder) || frame.includes(folder.replace(/^file:\/\//, '')));
}
