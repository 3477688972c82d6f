/** `@escapement/posix` does not support this system. Thrown when the package is imported. */
export class UnsupportedSystemError extends Error {
  readonly code = 'ESC_UNSUPPORTED_SYSTEM';

  override get name(): string {
    return 'UnsupportedSystemError';
  }

  /** @internal */
  constructor(system: string, problem: string, cause?: unknown) {
    super(
      `@escapement/posix does not support this system (${system}): ${problem}. It supports Linux on x64 and arm64. Of the other packages only io and net need it.`,
      { cause },
    );
  }
}
