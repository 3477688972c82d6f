import { safely, tagOf } from '../errors/describe.js';
import { isOfCore } from '../errors/own-files.js';
import { type Trail, takeTrail } from '../tasks/error-trail.js';

/** The stack of an error as it was, and as we left it: an error object that is thrown again gets its new coroutines only. */
const shownBefore = new WeakMap<object, { readonly original: string; readonly rewritten: string }>();

/**
 * @internal Rewrites the stack of an error that leaves the loop: adds the coroutines that it passed, removes the frames of
 * the loop. If a `yield*` of a promise threw it, adds what to write instead. Leaves alone what is no error of the host, and a
 * stack that is fixed or not the host's own: the error comes out as it is.
 */
export function showCoroutines(error: unknown): void {
  if (typeof error !== 'object' || error === null) return;
  const trail = takeTrail(error);
  if (trail === undefined || !/(?:Error|Exception)$/.test(tagOf(error))) return;
  const stack = safely(() => writableStackOf(error));
  if (stack === undefined) return;
  const before = shownBefore.get(error);
  const original = before?.rewritten === stack ? before.original : stack;
  const rewritten = safely(() => rewrite(original, trail, error as Error));
  if (rewritten === undefined || !safely(() => Reflect.set(error, 'stack', rewritten))) return;
  shownBefore.set(error, { original, rewritten });
}

/** Undefined if it is no string, if it may not be written, or if a user's getter computes it. */
function writableStackOf(error: object): string | undefined {
  const own = Object.getOwnPropertyDescriptor(error, 'stack');
  const isHosts = own?.get === undefined || own.get === Object.getOwnPropertyDescriptor(new Error(), 'stack')?.get;
  if (own === undefined || !isHosts || Object.isFrozen(error) || (!own.writable && own.set === undefined))
    return undefined;
  const { stack } = error as { stack?: unknown };
  return typeof stack === 'string' ? stack : undefined;
}

function rewrite(stack: string, { names, more }: Trail, error: Error): string {
  const lines = withoutLoop(markCoroutines(stack.split('\n')));
  const lastFrame = lines.findLastIndex(line => FRAME.test(line) && line.endsWith(COROUTINE));
  const trail = names.map(name => `    at ${name}${COROUTINE}`);
  if (more > 0) trail.push(`    and ${more} more coroutines`);
  lines.splice(lastFrame + 1 || lines.length, 0, ...trail);
  if (error instanceof TypeError) lines[0] += yieldStarHint(error.message);
  return lines.join('\n');
}

/**
 * For V8's message about a `yield*` of what is no coroutine. JavaScript throws it, so the loop does not see the value. All but one of
 * these are those of a destructuring, too.
 */
function yieldStarHint(message: string): string {
  const value = NOT_ITERABLE.exec(message)?.[1];
  if (value === undefined) return '';
  if (value === 'function') return '. If that is a yield*: call the function, `yield* work()`';
  return value === 'object' || value.startsWith('yield*') ? YIELD_STAR_HINT : SIMPLE_VALUE_HINT;
}

const NOT_ITERABLE =
  /^(yield\* \(intermediate value\)|(?:object|function|undefined|object null|number \S+|boolean \S+|bigint)(?= is not iterable \(cannot read)) is not iterable/;
const SIMPLE_VALUE_HINT =
  '. If that is a yield*: it takes a coroutine or an event; was a `return` forgotten in the function that should make it?';
const YIELD_STAR_HINT =
  '. yield* takes a coroutine or an event; for a promise write `yield* resolved(promise)`, from @escapement/promises; a function must be called';

const FRAME = /^\s+at /;
const COROUTINE = ' (coroutine)';
/** The frame that V8 shows between a coroutine and the function that resumes it: `Generator.next`, or `next` in Chromium. */
const RESUMPTION = /^\s+at (?:.*\.)?(?:next|throw) \(<anonymous>\)$/;

function markCoroutines(lines: readonly string[]): string[] {
  const marked: string[] = [];
  for (const line of lines) {
    if (!RESUMPTION.test(line)) marked.push(line);
    else if (marked.length > 0 && FRAME.test(marked.at(-1)!)) marked.push(`${marked.pop()}${COROUTINE}`);
  }
  return marked;
}

/** Without the frames of the loop, and without those of instruments that surround a step: they are between the loop's. */
function withoutLoop(lines: readonly string[]): string[] {
  const outermost = lines.findLastIndex(line => line.endsWith(COROUTINE) && !isInside(line));
  const first = lines.findIndex((line, index) => index > outermost && isInside(line));
  const last = lines.findLastIndex(isInside);
  // The host shows ten frames as a rule: the loop's own around the instruments may be missing.
  const end = SURROUNDED.test(lines[last] ?? '') ? lines.length : last;
  return lines.filter((line, index) => !isInside(line) && !(first >= 0 && first < index && index < end));
}

/** The frame of the loop that instruments call: see `Scheduler`. */
const SURROUNDED = /stepSurrounded/;

function isInside(line: string): boolean {
  return FRAME.test(line) && isOfCore(line);
}
