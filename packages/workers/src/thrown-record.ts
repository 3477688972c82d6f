import { describe } from '@escapement/core';

/** An error of another thread, as it crosses: what structured cloning would drop of it, too. */
export interface ThrownRecord {
  /** Undefined if no error was thrown, but another value. */
  readonly name: string | undefined;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: unknown;
  readonly value: unknown;
  readonly cause: ThrownRecord | undefined;
  readonly errors: readonly ThrownRecord[] | undefined;
}

/** The most causes of causes that cross. */
const MOST_CAUSES = 10;

/** Never throws, whatever was thrown. */
export function recordOf(thrown: unknown, depth = 0): ThrownRecord {
  const nothing = { stack: undefined, code: undefined, value: undefined, cause: undefined, errors: undefined };
  if (!isError(thrown)) return { ...nothing, name: undefined, message: describe(thrown), value: cloneable(thrown) };
  const look = <K extends keyof RemoteFields>(key: K) => read(() => (thrown as unknown as RemoteFields)[key]);
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const [cause, errors] = [look('cause'), look('errors')];
  const deeper = (inner: unknown) => recordOf(inner, depth + 1);
  return {
    ...nothing,
    name: text(look('name')) ?? 'Error',
    message: text(look('message')) ?? describe(thrown),
    stack: text(look('stack')),
    code: cloneable(look('code')),
    cause: cause === undefined || depth >= MOST_CAUSES ? undefined : deeper(cause),
    errors: Array.isArray(errors) && depth < MOST_CAUSES ? errors.map(deeper) : undefined,
  };
}

interface RemoteFields {
  readonly name: unknown;
  readonly message: unknown;
  readonly stack: unknown;
  readonly code: unknown;
  readonly cause: unknown;
  readonly errors: unknown;
}

function isError(thrown: unknown): thrown is Error {
  return read(() => thrown instanceof Error) === true;
}

/** Looking at what was thrown may throw, as with a revoked proxy. */
function read<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

/** The value if it can cross; undefined if it cannot. */
function cloneable(value: unknown): unknown {
  return read(() => structuredClone(value));
}
