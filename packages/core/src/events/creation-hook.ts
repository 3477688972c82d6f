/** A function or constructor that can be on the stack. See `CreationHook`. */
// biome-ignore lint/complexity/noBannedTypes: constructors, too
export type InStack = Function;

/**
 * Observes the creation of coroutines and events: for tools that find those that never run. What it throws, the program gets,
 * so it must not throw. See `setCreationHook`.
 */
export interface CreationHook {
  /** The base constructor of `event` runs: the fields are not set yet. @param below the base constructor */
  eventMade(event: object, below: InStack): void;
  /** @param below the function that made it, wrapped in `coroutine`, called with `args` */
  coroutineMade(coroutine: object, below: InStack, args: Iterable<unknown>): void;
  /** The loop will run `made`. */
  handedOver(made: unknown): void;
}

/** @internal */
export let creationHook: CreationHook | undefined;

/**
 * Sets the one hook of this copy of core. An instrument sets it in `stepStarted` and restores the one before in `stepEnded`, so
 * that each loop observes its own steps.
 *
 * @returns the hook before
 * @example
 * stepStarted() { this.outer = setCreationHook(this); }
 * stepEnded() { setCreationHook(this.outer); }
 */
export function setCreationHook(hook: CreationHook | undefined): CreationHook | undefined {
  const before = creationHook;
  creationHook = hook;
  return before;
}
