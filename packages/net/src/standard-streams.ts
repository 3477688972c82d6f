import { constants, fstatSync } from 'node:fs';
import { isatty } from 'node:tty';
import { close, OpenFlags, open } from '@escapement/posix';
import { DescriptorStream } from './pipes.js';

/** The standard input of the process. Use it, or `process.stdin`, but not both. Closing it closes it for the process. */
export function stdin(): DescriptorStream {
  return new DescriptorStream(0, 'stdin');
}

/**
 * The standard output of the process: a pipe, a terminal, a file or a socket. What `console.log` prints does not wait, and
 * overtakes what waits here. Closing it closes it for the process: who reads it reads the end, and what is printed from then
 * on goes nowhere.
 * @example yield* out.write('hello\n'); // PosixError EPIPE: nobody reads any more
 */
export function stdout(): DescriptorStream {
  return new StandardOutput(1, 'stdout');
}

/** The standard error output of the process; see `stdout`. */
export function stderr(): DescriptorStream {
  return new StandardOutput(2, 'stderr');
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
    // The next file or connection would get its number, and with it all that Node prints.
    while (open('/dev/null', OpenFlags.write) < this.#number);
  }
}

/**
 * Other processes have the same pipe or terminal, and what does not block for us must not stop to block for them. Not for
 * files, which have one place to write at, nor for sockets, which cannot be opened.
 * @returns undefined where that is not to be had: the terminal may be another user's
 */
function openedAnew(fd: number): number | undefined {
  try {
    if (!fstatSync(fd).isFIFO() && !isatty(fd)) return undefined;
    return open(`/proc/self/fd/${fd}`, OpenFlags.write | constants.O_NOCTTY);
  } catch {
    return undefined;
  }
}
