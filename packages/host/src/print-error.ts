import { errorReport, type ReportStyle } from './error-report.js';

const RED: ReportStyle = {
  headline: text => `\u001b[31m${text}\u001b[39m`,
  frames: text => `\u001b[2m${text}\u001b[22m`,
};

/** @internal Prints a report to stderr: in colour on a terminal, unless NO_COLOR is set. Resolves when it is written. */
export function printError(error: unknown): Promise<void> {
  const { stderr } = process;
  const style = stderr.isTTY && stderr.hasColors() ? RED : undefined;
  const text = `${errorReport(error, style)}\n`;
  return new Promise(resolve => {
    // A reader that is gone must not make another error of it.
    stderr.once('error', () => resolve());
    stderr.write(text, () => resolve());
  });
}
