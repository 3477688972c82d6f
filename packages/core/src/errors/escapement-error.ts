/**
 * Every error of Escapement's own has a stable `code`, and a message that says who did what and the likely fix.
 *
 * A subclass says its name itself, `static override readonly name = 'TimeoutError'`: that is left of it in minified code.
 */
export abstract class EscapementError extends Error {
  static override readonly name: string = 'EscapementError';
  abstract readonly code: `ESC_${string}`;

  override get name(): string {
    return this.constructor.name;
  }
}
