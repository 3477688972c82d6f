/** Calls something while the host lacks one of its globals. */
export function without<T>(name: string, call: () => T): T {
  return withGlobal(name, undefined, call);
}

/** Calls something while a global has another value. */
export function withGlobal<T>(name: string, value: unknown, call: () => T): T {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  try {
    return call();
  } finally {
    if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
    else Object.defineProperty(globalThis, name, descriptor);
  }
}
