import type { InStack } from '../events/creation-hook.js';

/** @internal Where something was made: the line of a coroutine, and what it called there. */
export interface CallSite {
  /** Tells places apart: file, line and column of the code as it runs. */
  readonly key: string;
  /** The same without the column: two mistakes in one line are one, `spawn(work());` say. */
  readonly line: string;
  /** `file:line:column`, as the host shows it in stacks: of the source, where there is a source map. */
  readonly where: string;
  /** The function that was called, as far as the stack tells. */
  readonly callee: string | undefined;
}

/** What V8 tells of a frame. */
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

/** What a coroutine calls to make something is near; the deeper the look, the dearer. */
const MOST_FRAMES = 16;

/**
 * @internal The place in the nearest coroutine that is about to make `thing`; undefined where no `yield*` can be missing:
 * outside of all coroutines, and where something between keeps it, a constructor or the host. `ownLine` looks up a place
 * that is known already; only a new one is written out, which costs much more.
 *
 * Needs V8's stacks. On other engines there is no place, and so no report.
 *
 * @param below the function that was called to make it: the stack from its caller on
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
  const key = `${line}:${frame.getColumnNumber()}`;
  const callee = index === 0 ? undefined : (frames[0]!.getFunctionName() ?? undefined);
  return known(key) ?? { key, line, where: shownPlace(below, all.indexOf(frame)) ?? key, callee };
}

function framesBelow(below: InStack): readonly Frame[] | undefined {
  const frames = stackBelow(below, (_error, callSites) => callSites);
  return Array.isArray(frames) ? frames : undefined;
}

/** The constructors of the classes that `event` is of: how many of them the stack begins with. */
function ownConstructors(event: object, frames: readonly Frame[]): number {
  const classes = new Set<string>();
  for (let type = event.constructor; typeof type === 'function' && type.name; type = Object.getPrototypeOf(type)) {
    classes.add(type.name);
  }
  // By their names alone: what V8 has inlined is not always said to be a constructor.
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

/** Where a coroutine of ours called a function of somebody else, that one's line says more. */
function outsideOfPackages(frames: readonly Frame[], index: number): number | undefined {
  const theirs = isOurs(frames[index]!) ? index - 1 : index;
  const frame = frames[theirs];
  return frame === undefined || isOurs(frame) || !frame.getFileName() ? undefined : theirs;
}

/** What V8 shows between a coroutine and whoever resumes it. */
function isResumption(frame: Frame): boolean {
  return !frame.getFileName() && /^(?:next|throw|return)$/.test(frame.getFunctionName() ?? '');
}

const folder = (import.meta as unknown as { url: string }).url.replace(/[^/]*\/[^/]*$/, '');

function isOurs(frame: Frame): boolean {
  const file = frame.getFileName() ?? '';
  return file.startsWith(folder) || file.includes('/@escapement/');
}

function shownPlace(below: InStack, index: number): string | undefined {
  const stack = stackBelow(below, undefined);
  if (typeof stack !== 'string') return undefined;
  const line = stack.split('\n').filter(text => /^\s+at /.test(text))[index];
  return line === undefined ? undefined : /([^\s(]+:\d+:\d+)\)?$/.exec(line)?.[1];
}

/** The stack from the caller of `below` on, in the host's form or in that of `format`. */
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

/** Sets a property of `Error` for a while, if the host lets us. */
function set(name: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(Error, name);
  Reflect.set(Error, name, value);
  return () => {
    if (before === undefined) Reflect.deleteProperty(Error, name);
    else Reflect.defineProperty(Error, name, before);
  };
}
