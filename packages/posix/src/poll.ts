import { checkDescriptor, checkEvents, InvalidCallError, shown } from './check.js';
import { lastErrno, libcFunction } from './library.js';
import { EINTR, failureOf } from './posix-error.js';
import { LONGEST_TIMEOUT, waitInParts } from './timeout.js';

const cPoll = libcFunction<(list: Uint8Array, count: number, timeout: number) => number>(
  'int poll(void *list, unsigned long count, int timeout)',
);

/** The events to look for, and those that `poll` reports. */
export const PollEvents = {
  readable: 0x1,
  writable: 0x4,
  error: 0x8,
  hangUp: 0x10,
  /** The descriptor is not open. */
  invalid: 0x20,
} as const;

const ENTRY_SIZE = 8;
/** More places than the system has descriptors. */
const MOST_PLACES = 2 ** 27;

/** A `PollList` was made with an invalid capacity, or asked for a place that it does not have. */
export class InvalidPollListError extends RangeError {
  readonly code = 'ESC_INVALID_POLL_LIST';

  override get name(): string {
    return 'InvalidPollListError';
  }
}

/**
 * The list of `poll`: descriptors, the events to look for, and the events that were found.
 * @example
 * const list = new PollList(1);
 * list.add(reader, PollEvents.in);
 * list.poll(10); // ms
 */
export class PollList {
  #bytes: Uint8Array;
  #fds: Int32Array;
  #masks: Uint16Array;
  #count = 0;

  /**
   * @param capacity how many descriptors it has room for at first; it grows
   * @throws InvalidPollListError if `capacity` is not a whole number from 0 to 2^27
   */
  constructor(capacity = 16) {
    if (!Number.isInteger(capacity) || capacity < 0 || capacity > MOST_PLACES)
      throw new InvalidPollListError(
        `PollList got ${shown(capacity)} as its capacity, expected a whole number from 0 to ${MOST_PLACES}.`,
      );
    [this.#bytes, this.#fds, this.#masks] = viewsOf(Math.max(capacity, 1));
  }

  /** The number of descriptors in the list. */
  get count(): number {
    return this.#count;
  }

  /** @returns its place in the list; `remove` of another descriptor may change it @throws InvalidCallError */
  add(fd: number, events: number): number {
    checkEntry('add', fd, events);
    if (this.#count * ENTRY_SIZE === this.#bytes.length) this.#grow();
    const index = this.#count++;
    this.#set(index, fd, events);
    return index;
  }

  /** @throws InvalidPollListError if the list has no such place, InvalidCallError */
  set(index: number, fd: number, events: number): void {
    this.#check(index);
    checkEntry('set', fd, events);
    this.#set(index, fd, events);
  }

  #set(index: number, fd: number, events: number): void {
    this.#fds[2 * index] = fd;
    this.#masks[4 * index + 2] = events;
    this.#masks[4 * index + 3] = 0;
  }

  /**
   * Removes the descriptor at `index`; the last descriptor of the list moves there.
   * @returns the descriptor that moved to `index`, if one did
   * @throws InvalidPollListError if the list has no such place
   */
  remove(index: number): number | undefined {
    this.#check(index);
    const last = --this.#count;
    if (index === last) return undefined;
    const moved = this.#fds[2 * last]!;
    this.#set(index, moved, this.#masks[4 * last + 2]!);
    this.#masks[4 * index + 3] = this.#masks[4 * last + 3]!;
    return moved;
  }

  /** Removes all descriptors from the list. */
  clear(): void {
    this.#count = 0;
  }

  /** @throws InvalidPollListError if the list has no such place */
  fdAt(index: number): number {
    this.#check(index);
    return this.#fds[2 * index]!;
  }

  /** @throws InvalidPollListError if the list has no such place */
  eventsAt(index: number): number {
    this.#check(index);
    return this.#masks[4 * index + 2]!;
  }

  /** The events that the last `poll` found. @throws InvalidPollListError if the list has no such place */
  foundAt(index: number): number {
    this.#check(index);
    return this.#masks[4 * index + 3]!;
  }

  /**
   * Waits until a descriptor is ready.
   * @param timeout in milliseconds, rounded up to whole ones; 0: do not wait; -1, or `Infinity`: no limit
   * @returns how many descriptors are ready; 0 also if a signal interrupted the wait
   * @throws PosixError, InvalidCallError
   */
  poll(timeout: number): number {
    if (typeof timeout !== 'number' || !(timeout >= 0 || timeout === -1)) {
      const expected = 'milliseconds, 0 or more; -1, or Infinity, for no limit.';
      throw new InvalidCallError('poll', 'the timeout', timeout, expected);
    }
    if (timeout === Infinity) return this.#poll(-1);
    if (timeout > LONGEST_TIMEOUT) return waitInParts(timeout, part => this.#poll(Math.ceil(part)));
    return this.#poll(Math.ceil(timeout));
  }

  #poll(timeout: number): number {
    const found = cPoll(this.#bytes, this.#count, timeout);
    if (found >= 0) return found;
    if (lastErrno() !== EINTR) throw failureOf('poll');
    // The system has written nothing, and the results of an earlier call are stale.
    for (let index = 0; index < this.#count; index++) this.#masks[4 * index + 3] = 0;
    return 0;
  }

  /** A wrong count would let the system write outside of the list. */
  #check(index: number): void {
    if (!Number.isInteger(index) || index < 0 || index >= this.#count)
      throw new InvalidPollListError(
        `PollList got ${shown(index)} as a place, expected 0 or more, and less than its count, ${this.#count}.`,
      );
  }

  #grow(): void {
    const old = this.#bytes;
    [this.#bytes, this.#fds, this.#masks] = viewsOf((old.length / ENTRY_SIZE) * 2);
    this.#bytes.set(old);
  }
}

function checkEntry(call: string, fd: number, events: number): void {
  checkDescriptor(call, fd);
  checkEvents(call, events, 16);
}

function viewsOf(capacity: number): [Uint8Array, Int32Array, Uint16Array] {
  const memory = new ArrayBuffer(capacity * ENTRY_SIZE);
  return [new Uint8Array(memory), new Int32Array(memory), new Uint16Array(memory)];
}
