import { describe } from '@escapement/core';

/** How deep causes and errors of errors are followed. */
const MOST_LEVELS = 8;
/** The most errors that are shown of one `AggregateError`. */
const MOST_ERRORS = 10;
const FRAME = /^\s+(?:at|and) /;

/** How to mark parts of a report. */
export interface ReportStyle {
  /** The class, the code and the message. */
  readonly headline: (text: string) => string;
  /** The lines of the stack. */
  readonly frames: (text: string) => string;
}

const PLAIN: ReportStyle = { headline: text => text, frames: text => text };

/**
 * @internal An error as a person reads it: its class, code and message, its stack, the errors in it, and its cause. Never
 * throws, whatever was thrown.
 */
export function errorReport(error: unknown, style: ReportStyle = PLAIN): string {
  return linesOf(error, style, []).join('\n');
}

function linesOf(error: unknown, style: ReportStyle, above: readonly unknown[]): string[] {
  if (!isError(error)) return [style.headline(`${describe(error)} was thrown, which is no Error`)];
  const lines = [...headlineOf(error).map(style.headline), ...framesOf(error).map(style.frames)];
  if (above.length >= MOST_LEVELS) return lines;
  for (const [title, inner] of innerErrorsOf(error)) {
    const isCircle = inner === error || above.includes(inner);
    const shown = isCircle ? ['an error that is shown above'] : linesOf(inner, style, [...above, error]);
    lines.push(...shown.map((line, index) => (index === 0 ? `  ${title}: ${line}` : `  ${line}`)));
  }
  return lines;
}

function innerErrorsOf(error: Error): (readonly [title: string, error: unknown])[] {
  const errors = look(() =>
    Array.isArray((error as AggregateError).errors) ? [...(error as AggregateError).errors] : [],
  );
  const all = errors ?? [];
  const inner = all.slice(0, MOST_ERRORS).map((one, index) => [`error ${index + 1} of ${all.length}`, one] as const);
  const cause = look(() => error.cause);
  return cause === undefined ? inner : [...inner, ['cause', cause]];
}

/** `TimeoutError [ESC_TIMEOUT]: the message`, which may have several lines. */
function headlineOf(error: Error): string[] {
  const name = textOf(look(() => error.name)) ?? 'Error';
  const code = textOf(look(() => (error as { code?: unknown }).code));
  const message = textOf(look(() => error.message));
  const title = code === undefined ? name : `${name} [${code}]`;
  return (message === undefined ? title : `${title}: ${message}`).split('\n');
}

function framesOf(error: Error): string[] {
  const stack = textOf(look(() => error.stack)) ?? '';
  return stack.split('\n').filter(line => FRAME.test(line));
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isError(value: unknown): value is Error {
  return look(() => value instanceof Error || Object.prototype.toString.call(value) === '[object Error]') ?? false;
}

/** What `read` returns; undefined if looking at the foreign value throws. */
function look<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
