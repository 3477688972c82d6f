/** @internal What an operation of the host failed with: any value may be thrown, undefined too. */
export interface Failure {
  readonly error: unknown;
}

/** @internal What `work` throws. */
export function failureOf(work: () => void): Failure | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return { error };
  }
}

/** @internal Neither is lost. */
export function both(first: Failure | undefined, ofUndo: Failure | undefined): Failure | undefined {
  if (first === undefined || ofUndo === undefined) return first ?? ofUndo;
  const message = 'an operation of the host failed, and so did its undo';
  return { error: new AggregateError([first.error, ofUndo.error], message) };
}
