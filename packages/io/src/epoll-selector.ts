import { constants } from 'node:os';
import type { Duration } from '@escapement/core';
import {
  close,
  EpollEvents,
  EpollOperation,
  EpollResults,
  epollControl,
  epollCreate,
  PollEvents,
  type PollList,
  PosixError,
} from '@escapement/posix';
import { injectable } from '@escapement/wiring';
import { Interest } from './interest.js';
import { Selector } from './selector.js';

/** By interest. A peer that has ended its half makes the descriptor readable: a read returns the end. */
const EVENTS_FOR: readonly number[] = [
  0,
  EpollEvents.readable | EpollEvents.peerHangUp,
  EpollEvents.writable,
  EpollEvents.readable | EpollEvents.peerHangUp | EpollEvents.writable,
];
const { EBADF } = constants.errno;
const FAILED = EpollEvents.error | EpollEvents.hangUp;
const READABLE = EpollEvents.readable | EpollEvents.peerHangUp | FAILED;
const WRITABLE = EpollEvents.writable | FAILED;

/**
 * Linux's epoll, the default. `look` takes time in proportion to the descriptors that are ready, not to those that are
 * watched. A change of interest costs a system call.
 * @example createLoop(epollModule, ioModule); // `epollModule` uses this one
 */
@injectable()
export class EpollSelector extends Selector {
  readonly #results = new EpollResults();
  readonly #watched = new Map<number, Interest>();
  #epoll: number | undefined;
  #version = 0;
  /** How many results of `wait` the next `look` has to return. */
  #found = 0;
  /**
   * A descriptor was closed without `close` of posix. If another process or descriptor still has the same file open, epoll
   * goes on reporting the closed number.
   */
  #isStale = false;

  override watch(fd: number, interest: Interest): boolean {
    // What a `wait` has found may be old by now.
    this.#found = 0;
    if (interest === Interest.none) {
      this.#remove(fd);
      return true;
    }
    // The caller means a descriptor that was closed, whose number this selector now has for its epoll.
    if (fd === this.#open()) throw new PosixError(EBADF, 'epoll_ctl', `descriptor ${fd}`);
    const isKnown = this.#watched.has(fd);
    try {
      this.#control(isKnown ? EpollOperation.modify : EpollOperation.add, fd, interest);
    } catch (error) {
      const code = error instanceof PosixError ? error.code : undefined;
      if (code === 'EPERM') return false;
      // The number was closed and opened again without `close` of posix: epoll's list and ours differ.
      if (code === 'ENOENT' && isKnown) {
        this.#control(EpollOperation.add, fd, interest);
        this.#isStale = true;
      } else if (code === 'EEXIST' && !isKnown) this.#control(EpollOperation.modify, fd, interest);
      else throw error;
    }
    this.#watched.set(fd, interest);
    return true;
  }

  override look(): number {
    const found = this.#found;
    this.#found = 0;
    if (found > 0) return found;
    if (this.#isStale) this.#renew();
    return this.#epoll === undefined ? 0 : this.#results.look(this.#epoll);
  }

  override wait(duration: Duration): number {
    if (this.#isStale) this.#renew();
    this.#found = this.#results.wait(this.#open(), duration);
    return this.#found;
  }

  override fdAt(index: number): number {
    return this.#results.fdAt(index);
  }

  override readyAt(index: number): Interest {
    const events = this.#results.eventsAt(index);
    return (events & READABLE ? Interest.read : 0) | (events & WRITABLE ? Interest.write : 0);
  }

  override get version(): number {
    return this.#version;
  }

  override describeTo(list: PollList): void {
    list.add(this.#open(), PollEvents.readable);
  }

  override close(): void {
    this.#watched.clear();
    this.#found = 0;
    this.#isStale = false;
    this.#closeEpoll();
  }

  #closeEpoll(): void {
    if (this.#epoll === undefined) return;
    const epoll = this.#epoll;
    this.#epoll = undefined;
    close(epoll);
  }

  /** A new epoll descriptor, with exactly the descriptors of `#watched`. If the system refuses one, the next call tries again. */
  #renew(): void {
    // In this order: at the limit of open descriptors, closing the old one makes room for the new one.
    this.#closeEpoll();
    const epoll = this.#open();
    for (const [fd, interest] of this.#watched) {
      ignoringRefusal(() => epollControl(epoll, EpollOperation.add, fd, EVENTS_FOR[interest]!));
    }
    this.#isStale = false;
  }

  #open(): number {
    if (this.#epoll === undefined) {
      this.#epoll = epollCreate();
      this.#version++;
    }
    return this.#epoll;
  }

  #control(operation: number, fd: number, interest: Interest): void {
    epollControl(this.#open(), operation, fd, EVENTS_FOR[interest]!);
  }

  #remove(fd: number): void {
    if (!this.#watched.delete(fd)) return;
    // Fails if the descriptor is closed already: closing removes it from epoll, unless the file is still open elsewhere.
    if (!ignoringRefusal(() => this.#control(EpollOperation.remove, fd, Interest.none))) this.#isStale = true;
  }
}

/** @returns false if the system refused */
function ignoringRefusal(call: () => void): boolean {
  try {
    call();
    return true;
  } catch (error) {
    if (!(error instanceof PosixError)) throw error;
    return false;
  }
}
