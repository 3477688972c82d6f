/** @internal Whatever can stand in a stack, constructors too. */
// biome-ignore lint/complexity/noBannedTypes: see above
export type InStack = Function;

/** @internal Called for each coroutine and event that is made, and for those that somebody runs. */
export interface CreationHook {
  /** An event is being made: none of what it stores is there yet. @param below its base class's constructor */
  eventMade(event: object, below: InStack): void;
  /** @param below the function that was called for it, with `args` */
  coroutineMade(coroutine: object, below: InStack, args: Iterable<unknown>): void;
  /** The loop got `made`, to run it: whoever made it has not forgotten it. */
  handedOver(made: unknown): void;
}

/** @internal The hook of the loop whose step runs right now, if it has one. */
export let creationHook: CreationHook | undefined;

/** @internal */
export function setCreationHook(hook: CreationHook | undefined): void {
  creationHook = hook;
}
