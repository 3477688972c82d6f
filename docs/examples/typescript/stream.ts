import {
  busyWaitModule,
  createLoop,
  type LoopEvent,
  type SleepFor,
  sleep,
  sleepModule,
  type Yieldable,
} from 'escapement';

/** Whoever implements it says which events its `next` waits for. */
interface Source<T, E extends LoopEvent> {
  /** The next item; undefined at the end. */
  next(): Yieldable<T | undefined, E>;
}

class Ready<T> implements Source<T, never> {
  constructor(private readonly items: T[]) {}

  // It need not wait, and so yields no event.
  *next() {
    return this.items.shift();
  }
}

/** A source made from another: its events are those of the other, and its own. */
class Slow<T, E extends LoopEvent> implements Source<T, E | SleepFor> {
  constructor(private readonly source: Source<T, E>) {}

  *next() {
    yield* sleep(1);
    return yield* this.source.next();
  }
}

function* sum<E extends LoopEvent>(numbers: Source<number, E>) {
  let total = 0;
  for (let number = yield* numbers.next(); number !== undefined; number = yield* numbers.next()) total += number;
  return total;
}

const bare = createLoop(busyWaitModule);
console.log(bare.runSync(sum(new Ready([1, 2, 3]))));
console.log(createLoop(busyWaitModule, sleepModule).runSync(sum(new Slow(new Ready([4, 5, 6])))));

// @ts-expect-error no module of this loop handles SleepFor
export const mistake = () => bare.runSync(sum(new Slow(new Ready([4, 5, 6]))));
