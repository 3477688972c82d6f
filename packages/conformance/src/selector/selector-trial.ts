import { makeSelector, type SelectorAdapter, type SelectorLike } from './selector-adapter.js';

export const NONE = 0;
export const READ = 1;
export const WRITE = 2;

/** A selector under test, with pipes for it to watch. `close` closes all. */
export class SelectorTrial {
  readonly selector: SelectorLike;
  readonly #open = new Set<number>();

  constructor(readonly adapter: SelectorAdapter) {
    this.selector = makeSelector(adapter);
  }

  pipe(): { reader: number; writer: number } {
    const { reader, writer } = this.adapter.system.pipe();
    this.#open.add(reader).add(writer);
    return { reader, writer };
  }

  write(fd: number): void {
    this.adapter.system.write(fd, new Uint8Array([1]));
  }

  drain(fd: number): void {
    this.adapter.system.read(fd, new Uint8Array(64));
  }

  closeFd(fd: number): void {
    if (this.#open.delete(fd)) this.adapter.system.close(fd);
  }

  close(): void {
    this.selector.close();
    for (const fd of this.#open) this.closeFd(fd);
  }

  /** What `look` finds: the interest that is ready, by descriptor. */
  look(): Map<number, number> {
    return this.found(this.selector.look());
  }

  found(count: number): Map<number, number> {
    const found = new Map<number, number>();
    for (let index = 0; index < count; index++) found.set(this.selector.fdAt(index), this.selector.readyAt(index));
    return found;
  }

  /** Whether one of a few looks reports `fd` as ready for `interest`. */
  reports(fd: number, interest: number): boolean {
    for (let attempt = 0; attempt < 3; attempt++) {
      if (((this.look().get(fd) ?? NONE) & interest) === interest) return true;
    }
    return false;
  }
}
