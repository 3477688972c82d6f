import type { Duration } from 'escapement';
import { terminalOf } from './terminal.js';
import { cleaned, cut } from './text.js';

/** Shows the progress of a run. */
export interface ProgressView {
  /** @param share how much is done, 0 to 1 @param left how long the rest will take, in ms, if that is known */
  show(share: number, doing: string, left?: Duration): void;
  /** Nothing more to show: removes the line. */
  end(): void;
}

/** `process.stderr`, for instance. */
export interface ProgressStream {
  /** Whether it is a terminal: there one line is written over and over. */
  readonly isTTY?: boolean;
  /** How wide the terminal is. */
  readonly columns?: number;
  /** Prints to it. */
  write(text: string): unknown;
}

/**
 * A line that changes on a terminal; elsewhere a line every few seconds. It writes only in `show` and never by a timer, which
 * would disturb the measurement.
 */
export function progressView(stream: ProgressStream): ProgressView {
  return stream.isTTY ? new ProgressLine(stream) : new ProgressLines(stream);
}

const BAR = 24;
const START_OF_LINE = '\r';
const CLEAR_REST = '\u001b[K';

class ProgressLine implements ProgressView {
  readonly #stream: ProgressStream;

  constructor(stream: ProgressStream) {
    this.#stream = stream;
  }

  show(share: number, doing: string, left?: Duration): void {
    const { width } = terminalOf(this.#stream);
    const done = Math.round(BAR * share);
    const bar = width < 3 * BAR ? '' : `${'█'.repeat(done)}${'░'.repeat(BAR - done)} `;
    // One column less: a full line would make some terminals go to the next one.
    this.#stream.write(START_OF_LINE + cut(bar + progressText(share, doing, left), width - 1) + CLEAR_REST);
  }

  end(): void {
    this.#stream.write(START_OF_LINE + CLEAR_REST);
  }
}

const BETWEEN_LINES: Duration = 5000;

class ProgressLines implements ProgressView {
  readonly #stream: ProgressStream;
  #writtenAt = performance.now();

  constructor(stream: ProgressStream) {
    this.#stream = stream;
  }

  show(share: number, doing: string, left?: Duration): void {
    if (performance.now() - this.#writtenAt < BETWEEN_LINES) return;
    this.#writtenAt = performance.now();
    this.#stream.write(`${progressText(share, doing, left)}\n`);
  }

  end(): void {}
}

function progressText(share: number, doing: string, left: Duration | undefined): string {
  const rest = left === undefined ? '' : `, ${Math.ceil(left / 1000)} s left`;
  return `${Math.floor(100 * share)} %${rest}: ${cleaned(doing)}`;
}
