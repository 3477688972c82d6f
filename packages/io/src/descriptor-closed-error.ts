import { EscapementError } from '@escapement/core';

/** A descriptor was closed while a task waited for it. Thrown at the `yield*`. */
export class DescriptorClosedError extends EscapementError {
  static override readonly name = 'DescriptorClosedError';
  override readonly code = 'ESC_DESCRIPTOR_CLOSED';

  /** @internal */
  constructor(
    task: string | undefined,
    readonly fd: number,
    awaited: 'readable' | 'writable',
  ) {
    super(
      `descriptor ${fd} was closed while task "${task}" waited for it to become ${awaited}. Cancel the task before you close it, or catch this error and stop.`,
    );
  }
}
