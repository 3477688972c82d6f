import { fileURLToPath } from 'node:url';
import { describe } from '@escapement/core';

/** How deep causes and errors of errors are followed. */
const MOST_LEVELS = 8;
/** The most errors that are shown of one `AggregateError`. */
const MOST_ERRORS = 10;

/** How to mark parts of a report. */
export interface ReportStyle {
  /** The class, the code and the message. */
  readonly headline: (text: string) => string;
  /** The lines of the stack. */
  readonly frames: (text: string) => string;
}

const PLAIN: ReportStyle = { headline: text => text, frames: text => text };

/**
 * An error as a person reads it: its class, code and message, its stack, the errors in it, and its cause. Never
 * throws, whatever was thrown.
 */
export function errorReport(error: unknown, style: ReportStyle = PLAIN): string {
  return linesOf(error, style, []).join('\n');
}

function linesOf(error: unknown, style: ReportStyle, above: readonly unknown[]): string[] {
  if (!isError(error)) return [style.headline(`${describe(error)} was thrown, which is no Error`)];
  const { headline, frames } = partsOf(error);
  const lines = [...headline.map(style.headline), ...frames.map(style.frames)];
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

/** The lines of `TimeoutError [ESC_TIMEOUT]: the message`, and those of the stack. */
function partsOf(error: Error): { readonly headline: string[]; readonly frames: string[] } {
  const name = textOf(look(() => error.name)) ?? 'Error';
  const code = textOf(look(() => (error as { code?: unknown }).code));
  const message = textOf(look(() => error.message)) ?? '';
  const stack = textOf(look(() => error.stack)) ?? '';
  const messageAt = stack.indexOf(message);
  const headEnd = stack.indexOf('\n', messageAt + message.length);
  const isInStack = messageAt >= 0 && stack.startsWith(name);
  // The stack may say more than the message, as for a `yield*` of a promise.
  const head = isInStack
    ? stack.slice(0, headEnd < 0 ? undefined : headEnd)
    : message === ''
      ? name
      : `${name}: ${message}`;
  const isCodeShown = code === undefined || head.includes(code);
  return {
    headline: (isCodeShown ? head : `${name} [${code}]${head.slice(name.length)}`).split('\n'),
    frames: (isInStack && headEnd < 0 ? '' : stack.slice(isInStack ? headEnd : 0)).split('\n').filter(isFrame),
  };
}

/** The folder of core, whose frames say nothing of the program; undefined if a bundler has put it elsewhere. */
const CORE = look(() => fileURLToPath(new URL('..', import.meta.resolve('@escapement/core'))));

function isFrame(line: string): boolean {
  const isOfLoop = (CORE !== undefined && line.includes(CORE)) || /\.(?:next|throw) \(<anonymous>\)$/.test(line);
  return !isOfLoop && /^\s+(?:at |and \d)/.test(line);
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
