import { SingleBar } from 'cli-progress';
import type { Duration } from 'escapement';

/** Shows the progress of a comparison. */
export interface ProgressView {
  /** @param share how much is done, 0 to 1 @param left how long the rest will take, in ms, if that is known */
  show(share: number, doing: string, left?: Duration): void;
  /** Nothing more to show: removes the bar. */
  end(): void;
}

/** `process.stderr`, for instance. */
export interface ProgressStream {
  /** Whether it is a terminal: else there are lines instead of a bar. */
  readonly isTTY?: boolean;
  /** Prints to it. */
  write(text: string): unknown;
}

/** A bar on a terminal; elsewhere a line every few seconds. */
export function progressView(stream: ProgressStream): ProgressView {
  return stream.isTTY ? new ProgressBar(stream) : new ProgressLines(stream);
}

/** Draws only in `show` and never by a timer, which would disturb the measurement. */
class ProgressBar implements ProgressView {
  readonly #bar: SingleBar;
  #isShown = false;

  constructor(stream: ProgressStream) {
    this.#bar = new SingleBar({
      format: '[{bar}] {percentage}% {left} {doing}',
      barsize: 30,
      stream,
      fps: ALMOST_NEVER,
      clearOnComplete: true,
    });
  }

  show(share: number, doing: string, left?: Duration): void {
    const payload = { doing, left: left === undefined ? '' : `${Math.ceil(left / 1000)} s left` };
    if (!this.#isShown) this.#bar.start(1, share, payload);
    this.#isShown = true;
    this.#bar.update(share, payload);
    this.#bar.render();
  }

  end(): void {
    this.#bar.stop();
  }
}

const ALMOST_NEVER = 0.001;

const BETWEEN_LINES: Duration = 5000;

class ProgressLines implements ProgressView {
  readonly #stream: ProgressStream;
  #writtenAt = performance.now();

  constructor(stream: ProgressStream) {
    this.#stream = stream;
  }

  show(share: number, doing: string): void {
    if (performance.now() - this.#writtenAt < BETWEEN_LINES) return;
    this.#writtenAt = performance.now();
    this.#stream.write(`${Math.floor(100 * share)}%: ${doing}\n`);
  }

  end(): void {}
}
