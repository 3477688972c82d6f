import { constants, fstatSync } from 'node:fs';
import { resolve } from 'node:path';
import { close, open, unlink } from '@escapement/posix';

/** To ask for the file itself: it is not opened. Node has no constant for it. */
const O_PATH = 0o10000000;

/**
 * @internal The file that a Unix listener has made. Its path may name another file later: a successor's, or after a `chdir`.
 * By system calls, as it was made: Node's permission model (`--permission`) would refuse `node:fs` the path.
 */
export class SocketFile {
  readonly #path: string;
  readonly #identity: string;

  private constructor(path: string, identity: string) {
    this.#path = path;
    this.#identity = identity;
  }

  /**
   * @param path just bound: if it cannot be identified, for want of a descriptor, it is removed
   * @returns undefined for a name in the abstract namespace, which has no file
   */
  static at(path: string): SocketFile | undefined {
    if (path === '' || path.startsWith('\0')) return undefined;
    try {
      const absolute = resolve(path);
      return new SocketFile(absolute, identityOf(absolute));
    } catch (error) {
      unlink(path);
      throw error;
    }
  }

  remove(): void {
    try {
      if (identityOf(this.#path) === this.#identity) unlink(this.#path);
    } catch {
      // The file is removed already, or cannot be: the listener is closed anyway.
    }
  }
}

function identityOf(path: string): string {
  // With the time of birth, because file systems reuse inode numbers.
  const fd = open(path, O_PATH | constants.O_NOFOLLOW);
  try {
    const { dev, ino, birthtimeNs } = fstatSync(fd, { bigint: true });
    return `${dev}:${ino}:${birthtimeNs}`;
  } finally {
    close(fd);
  }
}
