/** Replaces methods of shared objects for the time of one run, and puts them back. */
export class Patches {
  readonly #undo: (() => void)[] = [];

  /** @param make gets the method that is there, and returns the one that replaces it */
  // biome-ignore lint/suspicious/noExplicitAny: methods of any kind
  replace(owner: object | undefined, key: PropertyKey, make: (original: any) => unknown): void {
    if (owner === undefined) return;
    const original = (owner as Record<PropertyKey, unknown>)[key];
    if (original !== undefined) this.set(owner, key, make(original));
  }

  /** Sets a property, also one that is not there. */
  set(owner: object, key: PropertyKey, value: unknown): void {
    const before = Object.getOwnPropertyDescriptor(owner, key);
    const done = Reflect.defineProperty(owner, key, {
      value,
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
