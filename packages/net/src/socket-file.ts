import { statSync, unlinkSync } from 'node:fs';
import { resolve } from 'node:path';

/** @internal The file that a Unix listener has made. Its path may come to mean another one: a successor's, or after a `chdir`. */
export class SocketFile {
  readonly #path: string;
  readonly #identity: string;

  private constructor(path: string, identity: string) {
    this.#path = path;
    this.#identity = identity;
  }

  /** @returns undefined for names in the abstract space, which have no file */
  static at(path: string): SocketFile | undefined {
    if (path === '' || path.startsWith('\0')) return undefined;
    const absolute = resolve(path);
    return new SocketFile(absolute, identityOf(absolute));
  }

  remove(): void {
    try {
      if (identityOf(this.#path) === this.#identity) unlinkSync(this.#path);
    } catch {
      // Somebody has removed it already; that is no reason not to close.
    }
  }
}

function identityOf(path: string): string {
  // Numbers of files are used again.
  const { dev, ino, birthtimeNs } = statSync(path, { bigint: true });
  return `${dev}:${ino}:${birthtimeNs}`;
}
