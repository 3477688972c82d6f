import { lastErrno, libcFunction } from './library.js';
import { EINTR, failureOf } from './posix-error.js';

const cPoll = libcFunction<(list: Uint8Array, count: number, timeout: number) => number>(
  'int poll(void *list, unsigned long count, int timeout)',
);

/** What `poll` asks for and answers. */
export const PollEvents = {
  readable: 0x1,
  writable: 0x4,
  error: 0x8,
  hangUp: 0x10,
  /** The descriptor is not open. */
  invalid: 0x20,
} as const;

const ENTRY_SIZE = 8;

/** A capacity that no list can have, or a place that this one has not. */
export class InvalidPollListError extends RangeError {
  readonly code = 'ESC_INVALID_POLL_LIST';

  override get name(): string {
    return 'InvalidPollListError';
  }
}

/** A list for `poll`: descriptors, what to look for, and what was found. */
export class PollList {
  #bytes: Uint8Array;
  #fds: Int32Array;
  #masks: Uint16Array;
  #count = 0;

  /**
   * @param capacity how many it has room for at first; it grows
   * @throws InvalidPollListError if that is not a whole number
   */
  constructor(capacity = 16) {
    if (!Number.isSafeInteger(capacity) || capacity < 0)
      throw new InvalidPollListError(
        `PollList got a capacity of ${String(capacity)}, expected a whole number, 0 or more.`,
      );
    [this.#bytes, this.#fds, this.#masks] = viewsOf(Math.max(capacity, 1));
  }

  get count(): number {
    return this.#count;
  }

  /** @returns its place in the list, which is its place until `remove` of another gives it another */
  add(fd: number, events: number): number {
    if (this.#count * ENTRY_SIZE === this.#bytes.length) this.#grow();
    const index = this.#count++;
    this.#set(index, fd, events);
    return index;
  }

  /** @throws InvalidPollListError if it has no such place */
  set(index: number, fd: number, events: number): void {
    this.#check(index);
    this.#set(index, fd, events);
  }

  #set(index: number, fd: number, events: number): void {
    this.#fds[2 * index] = fd;
    this.#masks[4 * index + 2] = events;
    this.#masks[4 * index + 3] = 0;
  }

  /**
   * The last one takes the place of the one that goes.
   * @returns the descriptor that moved to `index`, if one did
   * @throws InvalidPollListError if it has no such place
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

  clear(): void {
    this.#count = 0;
  }

  fdAt(index: number): number {
    return this.#fds[2 * index]!;
  }

  eventsAt(index: number): number {
    return this.#masks[4 * index + 2]!;
  }

  /** What the last `poll` found. */
  foundAt(index: number): number {
    return this.#masks[4 * index + 3]!;
  }

  /**
   * Waits until something is found.
   * @param timeout whole milliseconds; 0: only look; -1: for ever
   * @returns for how many descriptors something was found; 0 also when a signal came in between
   * @throws PosixError
   */
  poll(timeout: number): number {
    const found = cPoll(this.#bytes, this.#count, timeout);
    if (found >= 0) return found;
    if (lastErrno() !== EINTR) throw failureOf('poll');
    // Nothing was written, and what an earlier call found is old.
    for (let index = 0; index < this.#count; index++) this.#masks[4 * index + 3] = 0;
    return 0;
  }

  /** A wrong count would let the system write where it should not. */
  #check(index: number): void {
    if (!Number.isInteger(index) || index < 0 || index >= this.#count)
      throw new InvalidPollListError(
        `PollList has no place ${String(index)}, expected 0 or more, and less than its count, ${this.#count}.`,
      );
  }

  #grow(): void {
    const old = this.#bytes;
    [this.#bytes, this.#fds, this.#masks] = viewsOf((old.length / ENTRY_SIZE) * 2);
    this.#bytes.set(old);
  }
}

function viewsOf(capacity: number): [Uint8Array, Int32Array, Uint16Array] {
  const memory = new ArrayBuffer(capacity * ENTRY_SIZE);
  return [new Uint8Array(memory), new Int32Array(memory), new Uint16Array(memory)];
}
