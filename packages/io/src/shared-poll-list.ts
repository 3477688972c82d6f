import type { PollList } from '@escapement/posix';

const VERSION = 0;
const COUNT = 1;
const HEADER = 2;

/**
 * @internal A poll list in shared memory that one thread writes and another reads: a seqlock. The version is odd during a
 * write. The reader reads again if the version was odd or has changed.
 */
export class SharedPollList {
  readonly #words: Int32Array;

  /** @param memory from `memoryFor`; the same on both threads */
  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
  }

  static memoryFor(capacity: number): SharedArrayBuffer {
    return new SharedArrayBuffer(4 * (HEADER + 2 * capacity));
  }

  get capacity(): number {
    return (this.#words.length - HEADER) / 2;
  }

  write(list: PollList): void {
    const words = this.#words;
    Atomics.add(words, VERSION, 1);
    Atomics.store(words, COUNT, list.count);
    for (let index = 0; index < list.count; index++) {
      Atomics.store(words, HEADER + 2 * index, list.fdAt(index));
      Atomics.store(words, HEADER + 2 * index + 1, list.eventsAt(index));
    }
    Atomics.add(words, VERSION, 1);
  }

  /** Replaces the content of `list`. */
  readInto(list: PollList): void {
    const words = this.#words;
    let version: number;
    do {
      version = Atomics.load(words, VERSION);
      list.clear();
      const count = Atomics.load(words, COUNT);
      for (let index = 0; index < count; index++) {
        list.add(Atomics.load(words, HEADER + 2 * index), Atomics.load(words, HEADER + 2 * index + 1));
      }
    } while (version % 2 === 1 || version !== Atomics.load(words, VERSION));
  }
}
