import { type InStack, isOfCore } from '@escapement/core';

/** The place in a coroutine where something was created, and the function that was called there. */
export interface CallSite {
  /** File, line and column of the running code: unique. */
  readonly key: string;
  /** File and line of the running code. */
  readonly line: string;
  readonly column: number;
  /** `file:line:column` as in the host's stacks: with a source map, of the source. */
  readonly where: string;
  readonly callee: string | undefined;
}

/** V8's `CallSite`. */
interface Frame {
  getFileName(): string | null | undefined;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
  getFunctionName(): string | null;
  isConstructor(): boolean;
}

interface StackCapture {
  captureStackTrace?(into: object, below: InStack): void;
}

/** Deeper stacks cost more, and the coroutine is near. */
const MOST_FRAMES = 16;

/**
 * The call site in the nearest coroutine on the stack. Undefined where no `yield*` can be missing: outside of
 * coroutines, below a constructor or the host; and on engines without V8's stacks.
 *
 * @param below the function that creates `thing`: the stack starts at its caller
 * @param known looks up a site by its key, because a new one costs much more
 */
export function callSiteOf<P extends CallSite>(
  thing: object,
  below: InStack,
  known: (key: string) => P | undefined,
): P | CallSite | undefined {
  const all = framesBelow(below);
  const frames = all?.slice(ownConstructors(thing, all));
  const index = frames === undefined ? undefined : coroutineIndex(frames);
  if (all === undefined || frames === undefined || index === undefined) return undefined;
  const frame = frames[index]!;
  const line = `${frame.getFileName()}:${frame.getLineNumber()}`;
  const column = frame.getColumnNumber() ?? 0;
  const key = `${line}:${column}`;
  const callee = index === 0 ? undefined : (frames[0]!.getFunctionName() ?? undefined);
  return known(key) ?? { key, line, column, where: shownPlace(below, all.indexOf(frame)) ?? key, callee };
}

function framesBelow(below: InStack): readonly Frame[] | undefined {
  const frames = stackBelow(below, (_error, callSites) => callSites);
  return Array.isArray(frames) ? frames : undefined;
}

/** The number of frames at the top of the stack that are constructors of the event's classes. */
function ownConstructors(event: object, frames: readonly Frame[]): number {
  const classes = new Set<string>();
  for (let type: unknown = event.constructor; typeof type === 'function'; type = Object.getPrototypeOf(type)) {
    if (typeof type.name === 'string') classes.add(type.name);
  }
  classes.delete('');
  // By name, because V8 does not always mark an inlined frame as a constructor.
  const count = frames.findIndex(frame => !classes.has(frame.getFunctionName() ?? ''));
  return count === -1 ? frames.length : count;
}

function coroutineIndex(frames: readonly Frame[]): number | undefined {
  for (let index = 0; index < frames.length - 1; index++) {
    const frame = frames[index]!;
    if (isResumption(frames[index + 1]!)) return outsideOfPackages(frames, index);
    if (frame.isConstructor() || frame.getFileName()?.startsWith('node:')) return undefined;
  }
  return undefined;
}

/** Instead of a coroutine of these packages, the function outside of them that it called. */
function outsideOfPackages(frames: readonly Frame[], index: number): number | undefined {
  const theirs = isOurs(frames[index]!) ? index - 1 : index;
  const frame = frames[theirs];
  return frame === undefined || isOurs(frame) || !frame.getFileName() ? undefined : theirs;
}

/** The frame that V8 shows between a coroutine and the function that resumes it. */
function isResumption(frame: Frame): boolean {
  return !frame.getFileName() && /^(?:next|throw|return)$/.test(frame.getFunctionName() ?? '');
}

function isOurs(frame: Frame): boolean {
  const file = frame.getFileName() ?? '';
  return isOfCore(file) || file.includes('/@escapement/');
}

function shownPlace(below: InStack, index: number): string | undefined {
  const stack = stackBelow(below, undefined);
  if (typeof stack !== 'string') return undefined;
  const line = stack.split('\n').filter(text => /^\s+at /.test(text))[index];
  return line === undefined ? undefined : /([^\s(]+:\d+:\d+)\)?$/.exec(line)?.[1];
}

/** The stack from the caller of `below` on, as text or in the form of `format`. */
function stackBelow(
  below: InStack,
  format: ((error: unknown, frames: readonly Frame[]) => unknown) | undefined,
): unknown {
  const capture = Error as StackCapture;
  if (capture.captureStackTrace === undefined) return undefined;
  const restore = [
    set('stackTraceLimit', MOST_FRAMES),
    ...(format === undefined ? [] : [set('prepareStackTrace', format)]),
  ];
  try {
    const holder: { stack?: unknown } = {};
    capture.captureStackTrace(holder, below);
    return holder.stack;
  } finally {
    for (const undo of restore) undo();
  }
}

/** Sets a property of `Error` if it can. @returns a function that restores it */
function set(name: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(Error, name);
  Reflect.set(Error, name, value);
  return () => {
    if (before === undefined) Reflect.deleteProperty(Error, name);
    else Reflect.defineProperty(Error, name, before);
  };
}
