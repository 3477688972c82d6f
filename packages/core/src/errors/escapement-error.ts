/**
 * The base of all errors of these packages. The `code` is stable. The message says who did what, what was expected, and
 * the likely fix.
 *
 * A subclass declares `static override readonly name = 'TimeoutError'`, because minifiers rename classes.
 */
export abstract class EscapementError extends Error {
  static override readonly name: string = 'EscapementError';
  abstract readonly code: `ESC_${string}`;

  override get name(): string {
    return this.constructor.name;
  }
}
