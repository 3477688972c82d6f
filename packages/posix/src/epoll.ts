import { checkDescriptor, checkEvents, checkWhole, InvalidCallError } from './check.js';
import { lastErrno, libcFunction } from './library.js';
import { checked, EBADF, EINTR, failureOf } from './posix-error.js';
import { LONGEST_TIMEOUT, waitInParts } from './timeout.js';
import { UnsupportedSystemError } from './unsupported-system-error.js';

const cCreate = libcFunction<(flags: number) => number>('int epoll_create1(int flags)');
const cCtl = libcFunction<(epoll: number, operation: number, fd: number, event: Uint8Array) => number>(
  'int epoll_ctl(int epoll, int operation, int fd, void *event)',
);
const cWait = libcFunction<(epoll: number, events: Uint8Array, most: number, timeout: number) => number>(
  'int epoll_wait(int epoll, void *events, int most, int timeout)',
);
type Pwait2 = (epoll: number, events: Uint8Array, most: number, timeout: Uint32Array, signals: null) => number;

const EPOLL_CLOEXEC = 0o2000000;
/** The kernel's structure is packed on x64, and only there. */
const EVENT_SIZE = process.arch === 'x64' ? 12 : 16;
const FD_OFFSET = process.arch === 'x64' ? 4 : 8;

/** The events to watch for, and those that epoll reports. */
export const EpollEvents = {
  readable: 0x1,
  writable: 0x4,
  error: 0x8,
  hangUp: 0x10,
  /** The peer has ended its half. */
  peerHangUp: 0x2000,
} as const;

/** What `epollControl` does with a descriptor: watches it, watches it no more, or looks for other events from now on. */
export const EpollOperation = { add: 1, remove: 2, modify: 3 } as const;

/**
 * Makes a descriptor of epoll, which watches others: see `EpollResults` for an example.
 * @throws PosixError (EMFILE)
 */
export function epollCreate(): number {
  return checked(cCreate(EPOLL_CLOEXEC), 'epoll_create1');
}

const event = new Uint8Array(EVENT_SIZE);
const eventView = new DataView(event.buffer);

/**
 * Changes what an epoll watches: see `EpollResults` for an example.
 * @param operation one of `EpollOperation`
 * @throws PosixError (EPERM: a file that is always ready; EEXIST, ENOENT, EBADF), InvalidCallError
 */
export function epollControl(epoll: number, operation: number, fd: number, events: number): void {
  checkDescriptor('epollControl', epoll);
  checkWhole('epollControl', 'the operation', operation, EpollOperation.add, EpollOperation.modify);
  checkDescriptor('epollControl', fd);
  checkEvents('epollControl', events, 32);
  eventView.setUint32(0, events, true);
  eventView.setInt32(FD_OFFSET, fd, true);
  checked(cCtl(epoll, operation, fd, event), 'epoll_ctl', fd);
}

/** More results than anybody has a use for. */
const MOST_RESULTS = 2 ** 20;

/**
 * A buffer for the results of epoll, to be reused.
 * @example
 * const results = new EpollResults(64);
 * const epoll = epollCreate();
 * epollControl(epoll, EpollOperation.add, fd, EpollEvents.in);
 * results.wait(epoll, 10); // ms
 */
export class EpollResults {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #capacity: number;
  readonly #timeout = new Uint32Array(4);

  /** @throws InvalidCallError */
  constructor(capacity = 1024) {
    checkWhole('EpollResults', 'the capacity', capacity, 1, MOST_RESULTS);
    this.#capacity = capacity;
    this.#bytes = new Uint8Array(capacity * EVENT_SIZE);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** @throws InvalidCallError if there is no place for such a result */
  fdAt(index: number): number {
    this.#check(index);
    return this.#view.getInt32(index * EVENT_SIZE + FD_OFFSET, true);
  }

  /** @throws InvalidCallError if there is no place for such a result */
  eventsAt(index: number): number {
    this.#check(index);
    return this.#view.getUint32(index * EVENT_SIZE, true);
  }

  /** Finds the descriptors that are ready now. @returns how many @throws PosixError, InvalidCallError */
  look(epoll: number): number {
    checkDescriptor('look', epoll);
    return this.#found(cWait(epoll, this.#bytes, this.#capacity, 0));
  }

  /**
   * Waits until a descriptor is ready.
   * @param timeout in milliseconds; below 0 counts as 0; `Infinity`: no limit. Kernels before 5.11 count in whole milliseconds, so
   *   the wait may end up to one late.
   * @returns how many are ready; 0 also if a signal interrupted the wait
   * @throws PosixError, InvalidCallError
   */
  wait(epoll: number, timeout: number): number {
    checkDescriptor('wait', epoll);
    if (typeof timeout !== 'number' || Number.isNaN(timeout)) {
      throw new InvalidCallError('wait', 'the timeout', timeout, 'milliseconds, or Infinity for no limit.');
    }
    if (timeout === Infinity) return this.#found(cWait(epoll, this.#bytes, this.#capacity, -1));
    if (timeout > LONGEST_TIMEOUT) return waitInParts(timeout, part => this.#wait(epoll, part));
    return this.#wait(epoll, Math.max(timeout, 0));
  }

  #wait(epoll: number, timeout: number): number {
    if (pwait2 === undefined) return this.#found(cWait(epoll, this.#bytes, this.#capacity, Math.ceil(timeout)));
    // Two 64-bit words, of which only the lower halves are needed.
    const seconds = Math.floor(timeout / 1000);
    this.#timeout[0] = seconds;
    this.#timeout[2] = Math.min(Math.ceil((timeout - seconds * 1000) * 1e6), 999_999_999);
    return this.#found(pwait2(epoll, this.#bytes, this.#capacity, this.#timeout, null));
  }

  #check(index: number): void {
    checkWhole('EpollResults', 'the place of a result', index, 0, this.#capacity - 1);
  }

  #found(count: number): number {
    if (count >= 0) return count;
    if (lastErrno() === EINTR) return 0;
    throw failureOf('epoll_wait');
  }
}

/** Whether `EpollResults.wait` counts in nanoseconds. */
export const hasFineEpoll: boolean = (() => {
  try {
    return probe(loadPwait2());
  } catch (error) {
    if (error instanceof UnsupportedSystemError) return false;
    throw error;
  }
})();
const pwait2: Pwait2 | undefined = hasFineEpoll ? loadPwait2() : undefined;

function loadPwait2(): Pwait2 {
  return libcFunction<Pwait2>(
    'int epoll_pwait2(int epoll, void *events, int most, const void *timeout, const void *signals)',
  );
}

/** The C library may have the call and the kernel not. A kernel that has it answers descriptor -1 with EBADF. */
function probe(call: Pwait2): boolean {
  return call(-1, event, 1, new Uint32Array(4), null) < 0 && lastErrno() === EBADF;
}
