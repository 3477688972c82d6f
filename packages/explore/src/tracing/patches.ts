/** A property that is replaced. */
interface Patch {
  readonly owner: object;
  readonly key: PropertyKey;
  readonly make: (original: unknown) => unknown;
  /** For this value `made` was made. */
  original?: unknown;
  made?: unknown;
  before?: PropertyDescriptor | undefined;
}

/**
 * Replaces properties of shared objects, but only while one piece of code runs, from its beginning to its end without a break: so
 * neither other code nor another run ever meets them, whatever goes on at the same time.
 */
export class Patches {
  readonly #patches: Patch[] = [];

  /** @param make gets the function that is there, and returns the one that replaces it */
  // biome-ignore lint/suspicious/noExplicitAny: functions of any kind
  replace(owner: object | undefined, key: PropertyKey, make: (original: any) => unknown): void {
    if (typeof (owner as Record<PropertyKey, unknown> | undefined)?.[key] !== 'function') return;
    this.#patches.push({ owner: owner!, key, make });
  }

  /** Sets a property, also one that is not there. */
  set(owner: object, key: PropertyKey, value: unknown): void {
    this.#patches.push({ owner, key, make: () => value });
  }

  /** Calls `code` with everything replaced. What `code` replaces itself stays. */
  during<T>(code: () => T): T {
    const done: Patch[] = [];
    try {
      for (const patch of this.#patches) if (apply(patch)) done.push(patch);
      return code();
    } finally {
      for (const patch of done.reverse()) putBack(patch);
    }
  }
}

function apply(patch: Patch): boolean {
  const { owner, key } = patch;
  const original = (owner as Record<PropertyKey, unknown>)[key];
  if (!('made' in patch) || patch.original !== original) Object.assign(patch, { original, made: patch.make(original) });
  patch.before = Object.getOwnPropertyDescriptor(owner, key);
  const enumerable = patch.before?.enumerable ?? false;
  return Reflect.defineProperty(owner, key, { value: patch.made, configurable: true, writable: true, enumerable });
}

function putBack({ owner, key, made, before }: Patch): void {
  if ((owner as Record<PropertyKey, unknown>)[key] !== made) return;
  if (before === undefined) Reflect.deleteProperty(owner, key);
  else Reflect.defineProperty(owner, key, before);
}
