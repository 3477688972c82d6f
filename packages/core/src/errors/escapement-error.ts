/**
 * The base of all errors of these packages. The `code` is stable. The message says who did what, what was expected, and
 * the likely fix.
 *
 * A subclass declares `static override readonly name = 'TimeoutError'`, because minifiers rename classes.
 */
export abstract class EscapementError extends Error {
  static override readonly name: string = 'EscapementError';
  abstract readonly code: `ESC_${string}`;

  /** @internal As usual, and a revoked proxy, which a program may throw, is no instance. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    try {
      // biome-ignore lint/complexity/noThisInStatic: each subclass has its own instances
      return isInstance.call(this, value);
    } catch {
      return false;
    }
  }

  override get name(): string {
    return this.constructor.name;
  }
}

const isInstance = Function.prototype[Symbol.hasInstance];
