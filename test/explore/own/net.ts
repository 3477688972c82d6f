import type { Exploration } from '@escapement/explore';
import { type ServeOptions, serve } from '@escapement/net';
import type { ByteStream } from '@escapement/streams';
import { type LinkOptions, MemoryListener, type MemoryStream, memoryPair } from '@escapement/streams/memory';
import { expect } from 'chai';
import {
  all,
  type Coroutine,
  type LoopEvent,
  moveOnAfter,
  scope,
  sleep,
  spawn,
  supervise,
  type Task,
} from 'escapement';
import { mayCancelOne, type Played, type Programs, steps } from './exploring.js';

/** Latency, pieces and faults by the choices of the exploration. */
function link(run: Exploration, faults: boolean): LinkOptions {
  return { ...run.link({ latency: 2, faults }), capacity: 1 + run.choose(8) };
}

const TEXT = 'so it goes on and on\n';

function* lines<E extends LoopEvent>(stream: ByteStream<E>) {
  for (let line = yield* stream.readLine(); line !== undefined; line = yield* stream.readLine()) {
    yield* stream.write(`${line}\n`);
  }
}

export const netPrograms: Programs = {
  *'bytes arrive in order, in whatever pieces'(run) {
    const [left, right] = memoryPair(link(run, false));
    let read = '';
    yield* all([
      function* () {
        for (let n = 0; n < 3; n++) {
          yield* left.write(TEXT);
          yield* steps(run, 2);
        }
        left.close();
      },
      function* () {
        for (;;) {
          // A read that is cancelled has taken nothing.
          const bytes = yield* moveOnAfter(run.choose(3), function* () {
            return (yield* right.read()) ?? 'end';
          });
          if (bytes === 'end') break;
          if (bytes !== undefined) read += new TextDecoder().decode(bytes);
          else yield* sleep(1);
        }
        right.close();
      },
    ]);
    expect(read).to.equal(TEXT.repeat(3));
  },

  *'serve keeps its limit, closes each stream, and answers or hangs up'(run) {
    const listener = new MemoryListener(link(run, true), link(run, true));
    const limit = 1 + run.choose(2);
    const grace = [0, 0, 2, Infinity][run.choose(4)]!;
    let most = 0;
    const handled = new Set<MemoryStream>();
    const open = new Set<MemoryStream>();
    function* handle(stream: MemoryStream): Coroutine<void, Played> {
      handled.add(stream);
      open.add(stream);
      most = Math.max(most, open.size);
      try {
        yield* lines(stream);
      } finally {
        open.delete(stream);
      }
    }
    const failures: unknown[] = [];
    function failed(error: unknown): void {
      failures.push(error);
    }
    const options: ServeOptions<MemoryStream> = { limit, grace, failed };
    function* client(): Coroutine<void, Played> {
      using stream = yield* listener.connect();
      yield* all([
        stream.write(TEXT),
        function* () {
          const line = yield* stream.readLine();
          if (line !== undefined && line !== '') expect(TEXT.startsWith(line)).to.equal(true);
        },
      ]);
    }
    yield* supervise(
      function* () {
        const server = yield* spawn(serve(listener, handle, options), { name: 'server' });
        const clients: Task[] = [];
        for (let n = 0; n < 3; n++) {
          clients.push(yield* spawn(client, { name: `client ${n}` }));
          yield* steps(run, 1);
        }
        mayCancelOne(run, clients);
        mayCancelOne(run, [server]);
        yield* sleep(run.choose(8));
        yield* steps(run, 6);
        listener.close();
        yield* sleep(50);
        // A server that waits for ever for those that were handled waits for a client.
        for (const each of clients) each.cancel('the end');
      },
      {
        ended: task => {
          const { result } = task;
          if (result.state === 'failed' && !isOfConnection(result.error)) throw result.error;
        },
      },
    );
    expect(most).to.be.at.most(limit);
    expect(open.size).to.equal(0);
    expect([...handled].filter(stream => !stream.isClosed)).to.deep.equal([]);
    expect(failures.filter(error => !isOfConnection(error))).to.deep.equal([]);
  },

  *'serve answers each client that stays, and ends when the listener is closed'(run) {
    const listener = new MemoryListener(link(run, false), link(run, false));
    const limit = 1 + run.choose(3);
    const answers: (string | undefined)[] = [];
    function* client() {
      using stream = yield* listener.connect();
      yield* stream.write(TEXT);
      answers.push(yield* stream.readLine());
    }
    const clients: Task[] = [];
    yield* scope(function* () {
      const server = yield* spawn(serve(listener, lines<Played>, { limit }));
      yield* scope(function* () {
        for (let n = 0; n < 3; n++) {
          clients.push(yield* spawn(client));
          yield* run.choose(2) === 0 ? steps(run, 2) : sleep(run.choose(3));
        }
        mayCancelOne(run, clients);
      });
      listener.close();
      yield* server;
    });
    const stayed = clients.filter(task => !task.isCancelled);
    expect(answers.length).to.be.at.least(stayed.length);
    expect(answers.every(answer => answer === TEXT.trim())).to.equal(true);
  },

  *'a write that is cancelled may have written a part, and no more'(run) {
    const [left, right] = memoryPair(link(run, false));
    let written = 0;
    let read = '';
    yield* scope(function* () {
      const writer = yield* spawn(function* () {
        for (let n = 0; n < 4; n++) {
          yield* left.write(TEXT);
          written += TEXT.length;
        }
      });
      mayCancelOne(run, [writer]);
      yield* spawn(function* () {
        for (let bytes = yield* right.read(); bytes !== undefined; bytes = yield* right.read()) {
          read += new TextDecoder().decode(bytes);
        }
      });
      while (!writer.isEnded) yield* sleep(1);
      left.close();
    });
    right.close();
    expect(TEXT.repeat(4).startsWith(read)).to.equal(true);
    expect(read.length).to.be.at.least(written);
    expect(read.length).to.be.at.most(written + TEXT.length);
  },
};

function isOfConnection(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isOfConnection);
  return ['ESC_CLOSED', 'ESC_STREAM_RESET'].includes((error as { code?: string }).code ?? '');
}
