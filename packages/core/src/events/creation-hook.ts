/** @internal A function or constructor that can be on the stack. */
// biome-ignore lint/complexity/noBannedTypes: constructors, too
export type InStack = Function;

/** @internal Observes the creation of coroutines and events, to find those that never run. */
export interface CreationHook {
  /** The base constructor of `event` runs: the fields are not set yet. @param below the base constructor */
  eventMade(event: object, below: InStack): void;
  /** @param below the function that made it, called with `args` */
  coroutineMade(coroutine: object, below: InStack, args: Iterable<unknown>): void;
  /** The loop will run `made`. */
  handedOver(made: unknown): void;
}

/** @internal The hook of the loop whose step runs now, if it has one. */
export let creationHook: CreationHook | undefined;

/** @internal */
export function setCreationHook(hook: CreationHook | undefined): void {
  creationHook = hook;
}
