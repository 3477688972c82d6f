import { safely } from './describe.js';
import { isOfCore } from './own-files.js';

/** More frames than this package has between a caller and an error. */
const MOST_OWN = 20;

interface StackCapture {
  stackTraceLimit?: unknown;
  captureStackTrace?(into: object): void;
}

/**
 * @internal Captures the stack of `error` anew and leaves out the frames of this package on top of it: as a rule the host shows ten
 * frames, and there may be more of ours above those of the program.
 */
export function startAtCaller(error: Error): void {
  const host = Error as StackCapture;
  const limit = safely(() => host.stackTraceLimit);
  if (
    typeof limit !== 'number' ||
    limit < 1 ||
    safely(() => Reflect.set(host, 'stackTraceLimit', limit + MOST_OWN)) !== true
  )
    return;
  safely(() => {
    host.captureStackTrace?.(error);
    const lines = error.stack!.split('\n');
    const first = lines.findIndex(isFrame);
    const start = lines.findIndex((line, index) => index >= first && !isOfCore(line));
    if (first >= 0 && start >= 0)
      error.stack = [...lines.slice(0, first), ...lines.slice(start, start + limit)].join('\n');
  });
  safely(() => Reflect.set(host, 'stackTraceLimit', limit));
}

function isFrame(line: string): boolean {
  return /^\s+at /.test(line);
}
