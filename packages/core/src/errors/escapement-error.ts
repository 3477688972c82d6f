/** Every error of Escapement's own has a stable `code`, and a message that says who did what and the likely fix. */
export abstract class EscapementError extends Error {
  abstract readonly code: `ESC_${string}`;

  override get name(): string {
    return this.constructor.name;
  }
}
