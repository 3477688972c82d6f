import { InvalidArgumentError, LoopEvent } from '@escapement/core';
import { Interest } from './interest.js';

/** A descriptor is ready for something that would have blocked. */
export abstract class Readiness extends LoopEvent<void> {
  static override readonly name: string = 'Readiness';
  /** What is waited for. */
  abstract readonly interest: Interest;

  /**
   * @param fd an open descriptor, best a non-blocking one
   * @throws InvalidDescriptorError for what cannot be one
   */
  constructor(readonly fd: number) {
    super();
    if (!Number.isInteger(fd) || fd < 0 || fd > LARGEST) throw new InvalidDescriptorError(fd);
  }
}

const LARGEST = 2 ** 31 - 1;

/** Something that cannot be a descriptor was to be waited for. */
export class InvalidDescriptorError extends InvalidArgumentError {
  static override readonly name = 'InvalidDescriptorError';

  /** @internal */
  constructor(given: unknown) {
    super(
      'ESC_INVALID_DESCRIPTOR',
      `${shown(given)} is no descriptor, expected a whole number, 0 or more. Of a Node socket or stream take \`fd\`, if it has one.`,
    );
  }
}

function shown(given: unknown): string {
  if (typeof given === 'string') return JSON.stringify(given);
  return typeof given === 'object' && given !== null ? 'an object' : String(given);
}

export class Readable extends Readiness {
  override get kind() {
    return 'readable' as const;
  }

  override get interest() {
    return Interest.read;
  }
}

export class Writable extends Readiness {
  override get kind() {
    return 'writable' as const;
  }

  override get interest() {
    return Interest.write;
  }
}

/**
 * Waits until a read from `fd` would not block: there is data, a connection to accept, the end, a hang-up or an error,
 * which the read then tells. It may be for nothing, if somebody else was quicker: read until it would block, or wait again.
 *
 * At the `yield*`: `PosixError` (EBADF) if it is not open, `DescriptorClosedError` if it is closed meanwhile. `PosixError`
 * too where the system has no more to give: EMFILE or ENFILE, no descriptor for the selector itself; ENOSPC, the most that
 * a user may watch; ENOMEM.
 *
 * @example
 * while ((count = read(fd, buffer)) === WOULD_BLOCK) yield* readable(fd);
 */
export function readable(fd: number): Readable {
  return new Readable(fd);
}

/** Waits until a write to `fd` would not block, or would fail; `connect` is over then, too. Otherwise as `readable`. */
export function writable(fd: number): Writable {
  return new Writable(fd);
}
