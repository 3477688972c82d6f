import { statSync, unlinkSync } from 'node:fs';
import { resolve } from 'node:path';

/** @internal The file that a Unix listener has made. Its path may name another file later: a successor's, or after a `chdir`. */
export class SocketFile {
  readonly #path: string;
  readonly #identity: string;

  private constructor(path: string, identity: string) {
    this.#path = path;
    this.#identity = identity;
  }

  /** @returns undefined for a name in the abstract namespace, which has no file */
  static at(path: string): SocketFile | undefined {
    if (path === '' || path.startsWith('\0')) return undefined;
    const absolute = resolve(path);
    return new SocketFile(absolute, identityOf(absolute));
  }

  remove(): void {
    try {
      if (identityOf(this.#path) === this.#identity) unlinkSync(this.#path);
    } catch {
      // The file is removed already, or cannot be: the listener is closed anyway.
    }
  }
}

function identityOf(path: string): string {
  // With the time of birth, because file systems reuse inode numbers.
  const { dev, ino, birthtimeNs } = statSync(path, { bigint: true });
  return `${dev}:${ino}:${birthtimeNs}`;
}
