import { EpollSelector, type Interest, Selector, selectorModule } from '@escapement/io';
import type { PollList } from '@escapement/posix';
import type { Duration } from 'escapement';

/** Passes everything on to another selector, and counts how often it asks the system. */
export class CountedSelector extends Selector {
  asked = 0;

  constructor(private readonly inner: Selector = new EpollSelector()) {
    super();
  }

  override watch(fd: number, interest: Interest): boolean {
    return this.inner.watch(fd, interest);
  }

  override look(): number {
    this.asked++;
    return this.inner.look();
  }

  override wait(duration: Duration): number {
    this.asked++;
    return this.inner.wait(duration);
  }

  override fdAt(index: number): number {
    return this.inner.fdAt(index);
  }

  override readyAt(index: number): Interest {
    return this.inner.readyAt(index);
  }

  override get version(): number {
    return this.inner.version;
  }

  override describeTo(list: PollList): void {
    this.inner.describeTo(list);
  }

  override close(): void {
    this.inner.close();
  }
}

/** Instead of `ioModule`. */
export const countedIoModule = selectorModule(() => new CountedSelector());
