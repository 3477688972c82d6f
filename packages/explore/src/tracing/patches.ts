/** Replaces methods of shared objects for the time of one run, and puts them back. */
export class Patches {
  readonly #undo: (() => void)[] = [];

  /** @param make gets the method that is there, and returns the one that replaces it */
  // biome-ignore lint/suspicious/noExplicitAny: methods of any kind
  replace(owner: object | undefined, key: PropertyKey, make: (original: any) => unknown): void {
    if (owner === undefined) return;
    const before = Object.getOwnPropertyDescriptor(owner, key);
    const original = (owner as Record<PropertyKey, unknown>)[key];
    if (original === undefined) return;
    const done = Reflect.defineProperty(owner, key, {
      value: make(original),
      configurable: true,
      writable: true,
      enumerable: before?.enumerable ?? false,
    });
    if (!done) return;
    this.#undo.push(() => {
      if (before === undefined) Reflect.deleteProperty(owner, key);
      else Reflect.defineProperty(owner, key, before);
    });
  }

  undo(): void {
    for (const undo of this.#undo.splice(0).reverse()) undo();
  }
}
