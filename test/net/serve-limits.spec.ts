import { type ServeOptions, serve, TcpListener, TcpStream } from '@escapement/net';
import { MemoryHandler, MemoryListener, type MemoryStream } from '@escapement/streams/memory';
import { expect } from 'chai';
import {
  type Coroutine,
  InvalidArgumentError,
  InvalidCountError,
  now,
  pause,
  shield,
  sleep,
  spawn,
  type Task,
} from 'escapement';
import fc from 'fast-check';
import type { Played } from '../streams/memory-loop.js';
import { virtualLoop } from '../support/virtual-loop.js';
import { codeOf, readAll, underEach, warmUp } from './net-loop.js';

const RUNS = Number(process.env.SERVE_RUNS ?? 100);

/** Runs `program` in virtual time, with a listener in memory. @returns what it has logged, with the time */
function played(
  program: (listener: MemoryListener, log: (text: string) => void) => Coroutine<void, Played>,
  latency = 0,
): string[] {
  const { loop, clock } = virtualLoop({ handlers: [new MemoryHandler()] });
  const lines: string[] = [];
  loop.runSync(program(new MemoryListener({ latency }), text => lines.push(`${clock.time} ${text}`)));
  return lines;
}

/** A client that asks, and reads to the end. */
function* asking(listener: MemoryListener, question: string): Coroutine<string, Played> {
  using client = yield* listener.connect();
  yield* client.write(`${question}\n`);
  return (yield* readAll(client)).toString();
}

function taking(duration: number, log: (text: string) => void) {
  return function* (stream: MemoryStream): Coroutine<void, Played> {
    const question = yield* stream.readLine();
    log(`begins ${question}`);
    try {
      yield* sleep(duration);
      yield* stream.write(`answer to ${question}`);
      log(`ends ${question}`);
    } finally {
      yield* shield(sleep(1));
    }
  };
}

describe('serve in virtual time', () => {
  it('handles at most `limit` connections at once; further ones wait, and none is refused', () => {
    const lines = played(function* (listener, log) {
      const server = yield* spawn(serve(listener, taking(9, log), { limit: 2 }));
      const clients: Task<string>[] = [];
      for (const name of 'abcde') clients.push(yield* spawn(asking(listener, name)));
      for (const [n, client] of clients.entries()) expect(yield* client).to.equal(`answer to ${'abcde'[n]}`);
      listener.close();
      yield* server;
    });
    expect(lines.filter(line => line.includes('begins'))).to.deep.equal([
      '0 begins a',
      '0 begins b',
      '10 begins c',
      '10 begins d',
      '20 begins e',
    ]);
  });

  it('ends when the listener is closed while it is full', () => {
    const lines = played(function* (listener, log) {
      const server = yield* spawn(serve(listener, taking(9, log), { limit: 1 }));
      const clients = [yield* spawn(asking(listener, 'a')), yield* spawn(asking(listener, 'b'))];
      yield* sleep(5);
      listener.close();
      yield* server;
      log('over');
      expect([yield* clients[0]!, yield* clients[1]!]).to.deep.equal(['answer to a', '']);
    });
    expect(lines.at(-1)).to.equal('10 over');
  });

  /** Cancels the server at 5, while `a`, which takes so long, runs. */
  function graceful(duration: number, options: ServeOptions<MemoryStream>): string[] {
    return played(function* (listener, log) {
      const server = yield* spawn(serve(listener, taking(duration, log), options));
      const first = yield* spawn(asking(listener, 'a'));
      yield* sleep(5);
      server.cancel('stop');
      const late = yield* spawn(asking(listener, 'late'));
      expect(yield* codeOf(server.join())).to.equal('ESC_TASK_CANCELLED');
      expect(server.result).to.deep.equal({ state: 'cancelled', reason: 'stop' });
      log('over');
      listener.close();
      log(`a got "${yield* first}", late got "${yield* late}"`);
    });
  }

  it('lets connections end within their grace when it is cancelled, and accepts no more', () => {
    for (const grace of [20, Infinity]) {
      expect(graceful(10, { grace })).to.deep.equal([
        '0 begins a',
        '10 ends a',
        '11 over',
        '11 a got "answer to a", late got ""',
      ]);
    }
  });

  it('cancels the connections that have not ended after their grace, and waits for their clean-up', () => {
    expect(graceful(1000, { grace: 20 })).to.deep.equal(['0 begins a', '26 over', '26 a got "", late got ""']);
  });

  it('cancels them at once without a grace', () => {
    expect(graceful(10, {})).to.deep.equal(['0 begins a', '6 over', '6 a got "", late got ""']);
  });

  it('gives a grace also while it is full', () => {
    expect(graceful(10, { grace: 20, limit: 1 })).to.deep.equal([
      '0 begins a',
      '10 ends a',
      '11 over',
      '11 a got "answer to a", late got ""',
    ]);
  });

  it('ends at once with a grace and no connection, also when it is cancelled before it begins', () => {
    const lines = played(function* (listener, log) {
      for (const steps of [0, 1, 2, 3, 4]) {
        const server = yield* spawn(serve(listener, taking(10, log), { grace: 1000 }));
        for (let n = 0; n < steps; n++) yield* pause();
        server.cancel();
        expect(yield* codeOf(server.join())).to.equal('ESC_TASK_CANCELLED');
      }
      expect(yield* now()).to.equal(0);
    });
    expect(lines).to.deep.equal([]);
  });

  it('reports a failure in the time of grace, and a bug ends it', () => {
    const seen: unknown[] = [];
    const bug = new TypeError('a bug');
    expect(() =>
      played(function* (listener) {
        const server = yield* spawn(
          serve(
            listener,
            function* () {
              yield* sleep(10);
              throw bug;
            },
            {
              grace: 20,
              failed: error => {
                seen.push(error);
                throw error;
              },
            },
          ),
        );
        yield* listener.connect();
        yield* sleep(5);
        server.cancel();
      }),
    ).to.throw(TypeError, 'a bug');
    expect(seen).to.deep.equal([bug]);
  });

  it('refuses a wrong limit or grace by name', () => {
    for (const limit of [0, -1, 1.5, Number.NaN, '5' as never]) {
      expect(() => played(listener => serve(listener, asking as never, { limit }))).to.throw(
        InvalidCountError,
        'limit of serve',
      );
    }
    for (const grace of [-1, Number.NaN, '5' as never]) {
      expect(() => played(listener => serve(listener, asking as never, { grace }))).to.throw(
        InvalidArgumentError,
        'grace',
      );
    }
  });

  it('never has more than `limit`, answers each client, and ends in time, whatever the arrivals and the end', function () {
    this.timeout(60_000);
    const client = fc.record({ at: fc.nat(20), takes: fc.nat(12) });
    fc.assert(
      fc.property(
        fc.array(client, { maxLength: 8 }),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(30),
        fc.nat(15),
        fc.nat(3),
        (clients, limit, end, grace, latency) => {
          let [open, most, lastEnd] = [0, 0, 0];
          played(function* (listener) {
            const server = yield* spawn(
              serve(
                listener,
                function* (stream) {
                  most = Math.max(most, ++open);
                  try {
                    yield* sleep(Number(yield* stream.readLine()));
                    yield* stream.write('done');
                  } finally {
                    open--;
                    lastEnd = yield* now();
                  }
                },
                { limit, grace },
              ),
            );
            const answers: Task<string>[] = [];
            for (const { at, takes } of clients) {
              answers.push(
                yield* spawn(function* () {
                  yield* sleep(at);
                  return yield* codeOf(asking(listener, `${takes}`));
                }),
              );
            }
            yield* sleep(end);
            server.cancel();
            yield* codeOf(server.join());
            const endedAt = yield* now();
            expect(endedAt - end).to.be.within(0, grace);
            expect(open).to.equal(0);
            listener.close();
            for (const answer of answers) {
              expect(yield* answer).to.be.oneOf(['nothing', 'ESC_CLOSED', 'ESC_STREAM_RESET']);
            }
            // With time enough, all those that came before the end are answered.
            if (lastEnd < end) expect(endedAt).to.equal(end);
          }, latency);
          expect(most).to.be.at.most(limit);
        },
      ),
      { numRuns: RUNS },
    );
  });
});

describe('net: serve with a limit and a grace', () => {
  before(warmUp);

  underEach('11. lets further connections wait in the backlog, and end within their grace', function* () {
    using listener = TcpListener.listen();
    let [open, most] = [0, 0];
    const server = yield* spawn(
      listener.serve(
        function* (stream) {
          most = Math.max(most, ++open);
          yield* stream.readLine();
          yield* sleep(2);
          yield* stream.write('done');
          open--;
        },
        { limit: 3, grace: 5000 },
      ),
    );
    const ask = function* () {
      using client = yield* TcpStream.connect({ port: listener.address.port });
      yield* client.write('go\n');
      return (yield* readAll(client)).toString();
    };
    const clients: Task<string>[] = [];
    for (let n = 0; n < 10; n++) clients.push(yield* spawn(ask));
    for (const client of clients) expect(yield* client).to.equal('done');
    expect(most).to.equal(3);
    const last = yield* spawn(ask);
    while (open === 0) yield* sleep(1);
    server.cancel();
    expect(yield* last).to.equal('done');
    expect(yield* codeOf(server.join())).to.equal('ESC_TASK_CANCELLED');
  });
});
