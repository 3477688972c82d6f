import { lastErrno, libcFunction } from './library.js';
import { checked, EBADF, EINTR, failureOf } from './posix-error.js';
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

export const EpollOperation = { add: 1, remove: 2, modify: 3 } as const;

/** @throws PosixError (EMFILE) */
export function epollCreate(): number {
  return checked(cCreate(EPOLL_CLOEXEC), 'epoll_create1');
}

const event = new Uint8Array(EVENT_SIZE);
const eventView = new DataView(event.buffer);

/** @throws PosixError (EPERM: a file that is always ready; EEXIST, ENOENT, EBADF) */
export function epollControl(epoll: number, operation: number, fd: number, events: number): void {
  eventView.setUint32(0, events, true);
  eventView.setInt32(FD_OFFSET, fd, true);
  checked(cCtl(epoll, operation, fd, event), 'epoll_ctl', fd);
}

/** A buffer for the results of epoll, to be reused. */
export class EpollResults {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #capacity: number;
  readonly #timeout = new Uint32Array(4);

  constructor(capacity = 1024) {
    this.#capacity = capacity;
    this.#bytes = new Uint8Array(capacity * EVENT_SIZE);
    this.#view = new DataView(this.#bytes.buffer);
  }

  fdAt(index: number): number {
    return this.#view.getInt32(index * EVENT_SIZE + FD_OFFSET, true);
  }

  eventsAt(index: number): number {
    return this.#view.getUint32(index * EVENT_SIZE, true);
  }

  /** Finds the descriptors that are ready now. @returns how many @throws PosixError */
  look(epoll: number): number {
    return this.#found(cWait(epoll, this.#bytes, this.#capacity, 0));
  }

  /**
   * Waits until a descriptor is ready.
   * @param timeout in milliseconds; below 0 counts as 0; `Infinity`: no limit. Kernels before 5.11 count in whole milliseconds, so
   *   the wait may end up to one late.
   * @returns how many are ready; 0 also if a signal interrupted the wait
   * @throws PosixError
   */
  wait(epoll: number, timeout: number): number {
    if (timeout > LONGEST_TIMEOUT) return this.#found(cWait(epoll, this.#bytes, this.#capacity, -1));
    const rest = Math.max(timeout, 0);
    if (pwait2 === undefined) return this.#found(cWait(epoll, this.#bytes, this.#capacity, Math.ceil(rest)));
    // Two 64-bit words, of which only the lower halves are needed.
    const seconds = Math.floor(rest / 1000);
    this.#timeout[0] = seconds;
    this.#timeout[2] = Math.min(Math.ceil((rest - seconds * 1000) * 1e6), 999_999_999);
    return this.#found(pwait2(epoll, this.#bytes, this.#capacity, this.#timeout, null));
  }

  #found(count: number): number {
    if (count >= 0) return count;
    if (lastErrno() === EINTR) return 0;
    throw failureOf('epoll_wait');
  }
}

/** The largest timeout that fits in epoll_wait's `int`: 24 days. A longer one counts as no limit. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

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
