import type { ByteStream } from '@escapement/streams';
import { Deferred, Queue } from '@escapement/sync';
import { type LoopEvent, spawn } from 'escapement';

/** Questions to another machine over one connection. Many may be on their way; each answer finds who waits for it. */
export class Asker<E extends LoopEvent> {
  readonly #lines = new Queue<string>({ capacity: 16 });
  /** By the number of the question. */
  readonly #answers = new Map<number, Deferred<string>>();
  #asked = 0;
  #isLost = false;

  constructor(private readonly stream: ByteStream<E>) {}

  /** @throws LostError if the connection ends before the answer comes */
  *ask(question: string) {
    if (this.#isLost) throw new LostError();
    const number = ++this.#asked;
    const answer = new Deferred<string>({ name: `answer ${number}` });
    this.#answers.set(number, answer); // before it is sent: the answer may be quick
    try {
      yield* this.#lines.put(`${number} ${question}\n`);
      return yield* answer.wait();
    } finally {
      this.#answers.delete(number);
    }
  }

  /** Serves the connection until it ends. Spawn it once. */
  *run() {
    try {
      yield* spawn(this.#write(), { daemon: true });
      for (let line = yield* this.stream.readLine(); line !== undefined; line = yield* this.stream.readLine()) {
        const [number, ...answer] = line.split(' ');
        this.#answers.get(Number(number))?.resolve(answer.join(' ')); // or nobody waits any more
      }
    } finally {
      this.#isLost = true;
      for (const answer of this.#answers.values()) answer.reject(new LostError());
    }
  }

  // A task of its own: whoever asks can be cancelled, and must not leave half a line in the stream.
  *#write() {
    for (;;) yield* this.stream.write(yield* this.#lines.get());
  }
}

/** Whether the other machine has done what it was asked for, nobody knows. */
export class LostError extends Error {
  static override readonly name: string = 'LostError';
  readonly code = 'ASKER_LOST';

  constructor() {
    super('the connection ended before the answer came. Ask again only if the work may be done twice.');
  }
}
