/** Where the timer slack of the calling thread is read and written, in nanoseconds. Both may throw. */
export interface SlackFile {
  read(): number;
  write(slack: number): void;
}

/** The timer slack of one thread, for all strategies that run on it: the smallest that one of them wants applies. */
export class ThreadSlack {
  readonly #file: SlackFile;
  readonly #wanted = new Map<object, number>();
  #before = 0;

  constructor(file: SlackFile) {
    this.#file = file;
  }

  /** @returns what the thread had before anybody held it, and what it has now */
  hold(holder: object, slack: number): { readonly before: number; readonly during: number } {
    if (this.#wanted.size === 0) this.#before = this.#file.read();
    this.#file.write(Math.min(slack, ...this.#wanted.values()));
    this.#wanted.set(holder, slack);
    return { before: this.#before, during: this.#file.read() };
  }

  /** The last one gives the thread back what it had. */
  release(holder: object): void {
    if (!this.#wanted.delete(holder)) return;
    this.#file.write(this.#wanted.size === 0 ? this.#before : Math.min(...this.#wanted.values()));
  }
}

/** Of the thread that loads this file: each has modules of its own. */
export const thisThread = new ThreadSlack({
  read: () => Number(files().readFileSync(path(), 'utf8')),
  write: slack => files().writeFileSync(path(), String(slack)),
});

/** The file system without an import, which a page could not load. */
function files(): typeof import('node:fs') {
  const found = globalThis.process?.getBuiltinModule?.('node:fs');
  if (found === undefined) throw new Error('this host has no node:fs');
  return found;
}

/** By the number of the thread, because `/proc/thread-self` itself has no such file. Needs no privilege. */
function path(): string {
  return `/proc/${files().readlinkSync('/proc/thread-self').split('/').at(-1)}/timerslack_ns`;
}
