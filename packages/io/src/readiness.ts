import { InvalidArgumentError, LoopEvent } from '@escapement/core';
import { Interest } from './interest.js';

/** Happens when a descriptor is ready: reading from it, or writing to it, does not block. */
export abstract class Readiness extends LoopEvent<void> {
  static override readonly name: string = 'Readiness';
  static override readonly servedBy: string = 'ioModule of @escapement/io';
  /** A brand: what only looks like it has no handler. The field does not exist at run time. */
  protected declare readonly _isOfDescriptor: true;

  /** What is waited for. */
  abstract readonly interest: Interest;

  /**
   * @param fd an open descriptor, best a non-blocking one
   * @throws InvalidDescriptorError if `fd` is not a whole number from 0 to 2^31 - 1
   */
  constructor(readonly fd: number) {
    super();
    if (!Number.isInteger(fd) || fd < 0 || fd > LARGEST) throw new InvalidDescriptorError(fd);
  }
}

const LARGEST = 2 ** 31 - 1;

/** `readable` or `writable` got something that cannot be a descriptor. */
export class InvalidDescriptorError extends InvalidArgumentError {
  static override readonly name = 'InvalidDescriptorError';

  /** @internal */
  constructor(given: unknown) {
    super(
      'ESC_INVALID_DESCRIPTOR',
      `${shown(given)} is not a descriptor, expected a whole number, 0 or more. Of a Node socket or stream pass \`fd\`, if it has one.`,
    );
  }
}

function shown(given: unknown): string {
  if (typeof given === 'string') return JSON.stringify(given.slice(0, 100));
  if (typeof given === 'function') return 'a function';
  return typeof given === 'object' && given !== null ? 'an object' : String(given);
}

/** The event of `readable(fd)`: waits until bytes, a connection or the end can be read from a descriptor. */
export class Readable extends Readiness {
  override get kind() {
    return 'readable' as const;
  }

  override get interest() {
    return Interest.read;
  }
}

/** The event of `writable(fd)`: waits until a descriptor takes bytes, or has an error to report. */
export class Writable extends Readiness {
  override get kind() {
    return 'writable' as const;
  }

  override get interest() {
    return Interest.write;
  }
}

/**
 * Waits until a read from `fd` would not block: there is data, a connection to accept, the end, a hang-up, or an error that
 * the read then reports. The wakeup may be spurious, if another reader was quicker: read until it would block, or wait again.
 *
 * Throws at the `yield*`: `PosixError` (EBADF) if `fd` is not open; `DescriptorClosedError` if it is closed during the wait;
 * `PosixError` if the system is out of resources (EMFILE or ENFILE: no descriptor for the selector itself; ENOSPC: the user
 * watches as many as the system allows; ENOMEM).
 *
 * @example
 * while ((count = read(fd, buffer)) === WOULD_BLOCK) yield* readable(fd);
 */
export function readable(fd: number): Readable {
  return new Readable(fd);
}

/** Waits until a write to `fd` would not block, or would fail, or until its `connect` is over. Otherwise like `readable`. */
export function writable(fd: number): Writable {
  return new Writable(fd);
}
