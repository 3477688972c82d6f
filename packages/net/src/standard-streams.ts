import { constants, fstatSync } from 'node:fs';
import { isatty } from 'node:tty';
import { close, OpenFlags, open } from '@escapement/posix';
import { DescriptorStream } from './pipes.js';

/**
 * The standard input of the process. Use either it or `process.stdin`. `close` closes it for the whole process.
 * @example
 * using input = stdin();
 * for (let line = yield* input.readLine(); line !== undefined; line = yield* input.readLine()) console.log(line);
 */
export function stdin(): DescriptorStream {
  return new StandardInput(0, 'stdin');
}

/**
 * The standard output of the process: a pipe, a terminal, a file or a socket. The output of `console.log` does not wait, and
 * may overtake a write that waits. `close` closes it for the whole process: its reader reads the end, and later output is
 * dropped.
 * @example yield* out.write('hello\n'); // PosixError EPIPE: the reader has exited
 */
export function stdout(): DescriptorStream {
  return new StandardOutput(1, 'stdout');
}

/** The standard error output of the process; see `stdout`. */
export function stderr(): DescriptorStream {
  return new StandardOutput(2, 'stderr');
}

class StandardInput extends DescriptorStream {
  override close(): void {
    if (this.isClosed) return;
    const { fd } = this;
    super.close();
    fill(fd);
  }
}

class StandardOutput extends DescriptorStream {
  readonly #number: number;

  constructor(number: number, name: string) {
    super(openedAnew(number) ?? number, name);
    this.#number = number;
  }

  override close(): void {
    if (this.isClosed) return;
    const isOpenedAnew = this.fd !== this.#number;
    super.close();
    if (isOpenedAnew) close(this.#number);
    fill(this.#number);
  }
}

/**
 * Otherwise the next file or connection would get the number, and with it all output of Node, the reads of `process.stdin`, or
 * the close of a second stream on it.
 */
function fill(number: number): void {
  while (open('/dev/null', OpenFlags.readWrite) < number);
}

/**
 * Opens the pipe or terminal a second time: other processes share the first open file, and must not find it non-blocking. Not
 * for files, because a second open file has its own position, nor for sockets, which cannot be opened.
 * @returns undefined if it cannot be opened: the terminal may belong to another user
 */
function openedAnew(fd: number): number | undefined {
  try {
    if (!fstatSync(fd).isFIFO() && !isatty(fd)) return undefined;
    return open(`/proc/self/fd/${fd}`, OpenFlags.write | constants.O_NOCTTY);
  } catch {
    return undefined;
  }
}
