import { constants } from 'node:os';
import type { Duration } from '@escapement/core';
import { PollEvents, PollList, PosixError } from '@escapement/posix';
import { injectable } from '@escapement/wiring';
import { Interest } from './interest.js';
import { Selector } from './selector.js';

/** By interest. */
const EVENTS_FOR: readonly number[] = [
  0,
  PollEvents.readable,
  PollEvents.writable,
  PollEvents.readable | PollEvents.writable,
];
const FAILED = PollEvents.error | PollEvents.hangUp;
const READABLE = PollEvents.readable | FAILED;
const WRITABLE = PollEvents.writable | FAILED;
const { EBADF } = constants.errno;

/** @internal What `poll` found, as readiness. */
export function interestIn(found: number): Interest {
  return (found & READABLE ? Interest.read : 0) | (found & WRITABLE ? Interest.write : 0);
}

/**
 * The `poll` of every POSIX system. `look` takes time for each watched descriptor; a change of interest costs next to
 * nothing. Choose it for a handful of descriptors, for a system without epoll, or to find out whether a problem is epoll's.
 * @example createLoop(setTimeoutModule, pollIoModule);
 */
@injectable()
export class PollSelector extends Selector {
  readonly #list = new PollList();
  readonly #places = new Map<number, number>();
  readonly #newcomer = new PollList(1);
  /** The places in the list that are ready. */
  #found: number[] = [];
  /** `wait` has filled `#found`, and `look` has not returned it yet. */
  #isFresh = false;
  #version = 0;

  override watch(fd: number, interest: Interest): boolean {
    // What a `wait` has found may be old by now, and holds places, which may change.
    this.#isFresh = false;
    const place = this.#places.get(fd);
    const events = EVENTS_FOR[interest]!;
    const present = place === undefined ? 0 : this.#list.eventsAt(place);
    if (events !== present) this.#change(fd, place, events);
    return true;
  }

  override look(): number {
    if (this.#isFresh) this.#isFresh = false;
    else this.#poll(0);
    return this.#found.length;
  }

  /** In whole milliseconds: it may be up to one late. */
  override wait(duration: Duration): number {
    this.#poll(duration < 0 ? 0 : duration);
    this.#isFresh = this.#found.length > 0;
    return this.#found.length;
  }

  override fdAt(index: number): number {
    return this.#list.fdAt(this.#found[index]!);
  }

  override readyAt(index: number): Interest {
    return interestIn(this.#list.foundAt(this.#found[index]!));
  }

  override get version(): number {
    return this.#version;
  }

  override describeTo(list: PollList): void {
    for (let place = 0; place < this.#list.count; place++) list.add(this.#list.fdAt(place), this.#list.eventsAt(place));
  }

  override close(): void {
    this.#list.clear();
    this.#places.clear();
    this.#found = [];
    this.#isFresh = false;
    this.#version++;
  }

  #poll(timeout: number): void {
    this.#found = [];
    let rest = this.#list.poll(timeout);
    for (let place = 0; rest > 0; place++) {
      if (this.#list.foundAt(place) === 0) continue;
      this.#found.push(place);
      rest--;
    }
  }

  #change(fd: number, place: number | undefined, events: number): void {
    if (place === undefined) this.#add(fd, events);
    else if (events === 0) this.#remove(fd, place);
    else this.#list.set(place, fd, events);
    this.#version++;
  }

  #add(fd: number, events: number): void {
    const newcomer = this.#newcomer;
    newcomer.clear();
    newcomer.add(fd, 0);
    newcomer.poll(0);
    if (newcomer.foundAt(0) & PollEvents.invalid) throw new PosixError(EBADF, 'poll', `descriptor ${fd}`);
    this.#places.set(fd, this.#list.add(fd, events));
  }

  #remove(fd: number, place: number): void {
    this.#places.delete(fd);
    const moved = this.#list.remove(place);
    if (moved !== undefined) this.#places.set(moved, place);
  }
}
