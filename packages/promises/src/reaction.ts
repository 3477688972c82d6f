/** Is told when a promise has settled. One may be told of many waits, so each has a key. */
export interface Settler<in K = never> {
  /** @internal */
  settle(key: K, message: unknown, isRejection: boolean): void;
}

/** Who waits for each promise that has its reaction and has not settled: keys with their settlers. There may be none left. */
const waiting = new WeakMap<PromiseLike<unknown>, Map<object, Settler>>();

/**
 * Those who wait for a promise. The first call adds a reaction to it, the only one, whatever number of loops wait for it how
 * often: a reaction cannot be taken back, and keeps all that it refers to until the promise settles.
 */
export function waitersOf(promise: PromiseLike<unknown>): Map<object, Settler> {
  const known = waiting.get(promise);
  if (known !== undefined) return known;
  const waiters = new Map<object, Settler>();
  waiting.set(promise, waiters);
  const settleAll = (message: unknown, isRejection: boolean) => {
    // A later wait adds a new reaction: a promise settles the same again, but a plain thenable may not.
    waiting.delete(promise);
    for (const [key, settler] of waiters) settler.settle(key as never, message, isRejection);
  };
  react(
    promise,
    value => settleAll(value, false),
    error => settleAll(error, true),
  );
  return waiters;
}

const { then } = Promise.prototype;

/** Settles once and later, and never throws, whatever the thenable does. */
function react(
  thenable: PromiseLike<unknown>,
  onValue: (value: unknown) => void,
  onError: (error: unknown) => void,
): void {
  try {
    if (thenable.then === then) return void then.call(thenable as Promise<unknown>, onValue, onError);
  } catch {}
  // The host's own way with thenables, promises with a `then` of their own included. It takes two microtasks more.
  new Promise(resolve => resolve(thenable)).then(onValue, onError);
}

const handled = new WeakSet<PromiseLike<unknown>>();

/** From now on a rejection of the promise does not count as unhandled. Other thenables have no such state. */
export function handleRejection(promise: PromiseLike<unknown>): void {
  if (handled.has(promise)) return;
  handled.add(promise);
  // Not `promise.then`: a lazy thenable would start, and start a second time in the handler. Not `instanceof`: the promise may
  // be of another realm, or a proxy.
  try {
    then.call(promise as Promise<unknown>, undefined, () => {});
  } catch {}
}
