/** This system is none that `@escapement/posix` knows. Thrown when the package is loaded; nothing else needs it. */
export class UnsupportedSystemError extends Error {
  readonly code = 'ESC_UNSUPPORTED_SYSTEM';

  override get name(): string {
    return 'UnsupportedSystemError';
  }

  /** @internal */
  constructor(system: string, problem: string, cause?: unknown) {
    super(
      `@escapement/posix cannot call this system (${system}): ${problem}. It knows Linux on x64 and arm64. All packages of Escapement but posix, io and net work without it.`,
      { cause },
    );
  }
}
