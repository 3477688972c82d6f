import { checkDescriptor, checkFunction, checkPath, checkWhole, LARGEST_INT } from './check.js';
import { lastErrno, libcFunction } from './library.js';
import { checked, EINTR, EINVAL, failureOf, PosixError } from './posix-error.js';

const cOpen = libcFunction<(path: string, flags: number, mode: number) => number>(
  'int open(const char *path, int flags, uint32 mode)',
);
const cUnlink = libcFunction<(path: string) => number>('int unlink(const char *path)');
const cClose = libcFunction<(fd: number) => number>('int close(int fd)');
const cFcntl = libcFunction<(fd: number, command: number, value: number) => number>(
  'int fcntl(int fd, int command, int value)',
);
const cPipe2 = libcFunction<(fds: Int32Array, flags: number) => number>('int pipe2(void *fds, int flags)');

const F_GETFL = 3;
const F_SETFL = 4;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const MOST_MODE = 0o7777;

/** How to open a file. Every descriptor is non-blocking and closed on exec. */
export const OpenFlags = {
  read: 0,
  write: 1,
  readWrite: 2,
  create: 0o100,
  exclusive: 0o200,
  truncate: 0o1000,
  append: 0o2000,
} as const;

/**
 * Opens a file, a FIFO or a device.
 * @throws PosixError (EINVAL: the path contains a NUL), InvalidCallError
 * @example const fd = open('/tmp/log', OpenFlags.write | OpenFlags.create | OpenFlags.append);
 */
export function open(path: string, flags: number = OpenFlags.read, mode = 0o666): number {
  assertPath('open', path);
  checkWhole('open', 'the flags', flags, 0, LARGEST_INT);
  checkWhole('open', 'the mode', mode, 0, MOST_MODE);
  for (;;) {
    const fd = cOpen(path, flags | O_NONBLOCK | O_CLOEXEC, mode);
    if (fd >= 0) return fd;
    if (lastErrno() !== EINTR) throw failureOf('open', `'${path}'`);
  }
}

/**
 * Removes a file, a socket or a FIFO from its folder.
 * @throws PosixError (ENOENT, EACCES), InvalidCallError
 * @example unlink('/tmp/service');
 */
export function unlink(path: string): void {
  assertPath('unlink', path);
  if (cUnlink(path) < 0) throw failureOf('unlink', `'${path}'`);
}

function assertPath(call: string, path: string): void {
  checkPath(call, path);
  // The C library would take the path before the NUL.
  if (path.includes('\0')) throw new PosixError(EINVAL, call, `'${path}'`);
}

const closeListeners = new Set<(fd: number) => void>();

/**
 * Closes a descriptor. The listeners of `onClose` are called just before. Another file may get the number at once. The file
 * itself, a port for instance, is free once no other descriptor has it open and no thread is inside a call on it.
 * @throws PosixError (EBADF: it was not open), InvalidCallError; what a listener throws, when the descriptor is closed
 * @see `pipe` for an example
 */
export function close(fd: number): void {
  checkDescriptor('close', fd);
  const errors: unknown[] = [];
  for (const listener of closeListeners) {
    try {
      listener(fd);
    } catch (error) {
      errors.push(error);
    }
  }
  // Linux frees the number also when a signal interrupts the call: closing it again could close another file.
  if (cClose(fd) < 0 && lastErrno() !== EINTR) errors.unshift(failureOf('close', `descriptor ${fd}`));
  if (errors.length > 1) throw new AggregateError(errors, `close of descriptor ${fd}: ${errors.length} errors`);
  if (errors.length > 0) throw errors[0];
}

/**
 * Calls `listener` with each descriptor that this thread is about to close with `close`: a selector has to remove it before
 * the number belongs to another file.
 * @returns call it to remove the listener
 * @throws InvalidCallError
 * @example const removeListener = onClose(fd => cache.delete(fd));
 */
export function onClose(listener: (fd: number) => void): () => void {
  checkFunction('onClose', 'the listener', listener);
  closeListeners.add(listener);
  return () => closeListeners.delete(listener);
}

/**
 * Makes calls on a descriptor return `WOULD_BLOCK` instead of blocking the thread. Descriptors that this package opens are
 * non-blocking from the start. The setting applies to everybody who shares the open file: for stdin, the terminal's other users.
 * @throws PosixError, InvalidCallError
 * @see `pipe`, whose ends are so from the start
 */
export function setNonBlocking(fd: number): void {
  checkDescriptor('setNonBlocking', fd);
  const flags = checked(cFcntl(fd, F_GETFL, 0), 'fcntl', fd);
  if ((flags & O_NONBLOCK) === 0) checked(cFcntl(fd, F_SETFL, flags | O_NONBLOCK), 'fcntl', fd);
}

/**
 * Makes a pipe; both ends are non-blocking.
 * @throws PosixError
 * @example
 * const { reader, writer } = pipe();
 * write(writer, new TextEncoder().encode('ping'));
 * read(reader, new Uint8Array(16)); // 4
 * close(reader);
 * close(writer);
 */
export function pipe(): { readonly reader: number; readonly writer: number } {
  const fds = new Int32Array(2);
  checked(cPipe2(fds, O_NONBLOCK | O_CLOEXEC), 'pipe2');
  return { reader: fds[0]!, writer: fds[1]! };
}
