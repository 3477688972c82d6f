import { isOfCore } from '../debug/own-files.js';
import { takeTrail } from '../tasks/error-trail.js';

/**
 * @internal Rewrites the stack of an error that leaves the loop: adds the coroutines that it passed, removes the frames of
 * the loop. If a `yield*` of a promise threw it, adds what to write instead.
 */
export function showCoroutines(error: unknown): void {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return;
  const trail = takeTrail(error);
  if (trail === undefined) return;
  const lines = markCoroutines(error.stack.split('\n')).filter(line => !isInside(line));
  const lastFrame = lines.findLastIndex(line => FRAME.test(line) && line.endsWith(COROUTINE));
  lines.splice(lastFrame + 1 || lines.length, 0, ...trail.map(name => `    at ${name}${COROUTINE}`));
  if (error instanceof TypeError && NOT_ITERABLE.test(error.message)) lines[0] += YIELD_STAR_HINT;
  error.stack = lines.join('\n');
}

/** V8's message for a `yield*` of an object. JavaScript throws it, so the loop does not see the promise. */
const NOT_ITERABLE = /^(?:object|yield\* \(intermediate value\)) is not iterable/;
const YIELD_STAR_HINT =
  '. yield* takes a coroutine or an event; for a promise write `yield* resolved(promise)`, from @escapement/promises';

const FRAME = /^\s+at /;
const COROUTINE = ' (coroutine)';
/** The frame that V8 shows between a coroutine and the function that resumes it. */
const RESUMPTION = /^\s+at .*\.(?:next|throw) \(<anonymous>\)$/;

function markCoroutines(lines: readonly string[]): string[] {
  const marked: string[] = [];
  for (const line of lines) {
    if (!RESUMPTION.test(line)) marked.push(line);
    else if (marked.length > 0 && FRAME.test(marked.at(-1)!)) marked.push(`${marked.pop()}${COROUTINE}`);
  }
  return marked;
}

function isInside(line: string): boolean {
  return FRAME.test(line) && isOfCore(line);
}
