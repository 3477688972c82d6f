/** The library koffi, through which this package calls the system, is not installed. Thrown when the package is imported. */
export class MissingLibraryError extends Error {
  readonly code = 'ESC_MISSING_LIBRARY';

  override get name(): string {
    return 'MissingLibraryError';
  }

  /** @internal @param from the file from which it was looked for */
  constructor(from: string, cause: unknown) {
    super(
      `@escapement/posix found no koffi, the library through which it calls the system; it looked from ${from}. koffi has native code, so no bundle has it inside. If this is a bundle, install koffi where it runs: npm install koffi@3.`,
      { cause },
    );
  }
}
