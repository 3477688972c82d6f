import { type Endpoint, TcpListener, TcpStream, UdpSocket } from '@escapement/net';
import { expect } from 'chai';
import { type Coroutine, pause, sleep, spawn, type Task, timeout } from 'escapement';
import { chance } from './chance.js';
import { codeOf, type NetEvent, runNet, STRATEGIES, tcpPair, underEach, warmUp, writeForEver } from './net-loop.js';

/** A task that waits in some state, its endpoint, and the other endpoints to close. */
interface State {
  readonly busy: Coroutine<unknown, NetEvent>;
  readonly endpoint: Endpoint;
  readonly others: readonly Endpoint[];
}

type Preparation = () => Coroutine<State, NetEvent>;

function fromPair(busy: (here: TcpStream, there: TcpStream) => Coroutine<unknown, NetEvent>): Preparation {
  return function* () {
    const [here, there] = yield* tcpPair();
    return { busy: busy(here, there), endpoint: here, others: [there] };
  };
}

const states: Record<string, Preparation> = {
  reading: fromPair(here => here.read()),
  'reading a line': fromPair(here => here.readLine()),
  'reading a count of which a part has come': fromPair(function* (here, there) {
    yield* there.write('part');
    yield* here.readExactly(10);
  }),
  'writing with a full buffer': fromPair(writeForEver),
  'writing pieces with a full buffer': fromPair(function* (here) {
    for (;;) yield* here.write([new Uint8Array(1 << 20), new Uint8Array(1 << 20)]);
  }),
  accepting: function* () {
    const endpoint = TcpListener.listen();
    return { busy: endpoint.accept(), endpoint, others: [] };
  },
  serving: function* () {
    const endpoint = TcpListener.listen();
    const client = yield* TcpStream.connect({ port: endpoint.address.port });
    return { busy: endpoint.serve(stream => stream.read()), endpoint, others: [client] };
  },
  receiving: function* () {
    const endpoint = UdpSocket.open();
    return { busy: endpoint.receive(), endpoint, others: [] };
  },
};

/** Prepares a state, waits until it is reached, ends it with `end`, and closes the rest. @returns how the task ended */
function* ended(prepare: Preparation, end: (task: Task, state: State) => void): Coroutine<string, NetEvent> {
  const state = yield* prepare();
  const task = yield* spawn(codeOf(state.busy));
  // On a busy machine a wait may just be over, and the next one has not begun.
  do yield* sleep(5);
  while (task.waitsFor === undefined && !task.isEnded);
  expect(task.isEnded).to.equal(false);
  end(task, state);
  for (const other of state.others) other.close();
  const code = yield* codeOf(task.join());
  state.endpoint.close();
  return code === 'nothing' ? (task.result as { value: string }).value : code;
}

describe('net: in every state', () => {
  before(warmUp);

  for (const [name, prepare] of Object.entries(states)) {
    underEach(`6. closed by another task while ${name}`, function* () {
      const expected = name === 'serving' ? 'nothing' : 'ESC_CLOSED';
      expect(yield* ended(prepare, (_task, { endpoint }) => endpoint.close())).to.equal(expected);
    });

    underEach(`8. cancelled while ${name}`, function* () {
      expect(yield* ended(prepare, task => task.cancel())).to.equal('ESC_TASK_CANCELLED');
    });

    underEach(`8. cancelled and closed at once while ${name}`, function* () {
      const both = (task: Task, { endpoint }: State) => {
        task.cancel();
        endpoint.close();
      };
      expect(yield* ended(prepare, both)).to.equal('ESC_TASK_CANCELLED');
    });

    underEach(`8. timed out while ${name}`, function* () {
      const { busy, endpoint, others } = yield* prepare();
      expect(yield* codeOf(timeout(5, busy))).to.equal('ESC_TIMEOUT');
      for (const one of [endpoint, ...others]) one.close();
    });
  }

  underEach('6. closed when the wait is over and its task has not run yet', function* () {
    const [here, there] = yield* tcpPair();
    for (let n = 0; n < 10; n++) {
      const reader = yield* spawn(codeOf(here.read()));
      yield* sleep(2);
      yield* there.write('x');
      for (let k = 0; k < n; k++) yield* pause();
      if (n === 9) here.close();
      expect(yield* reader.join()).to.be.oneOf(n === 9 ? ['nothing', 'ESC_CLOSED'] : ['nothing']);
    }
    there.close();
  });
});

describe('net: a thousand connections', () => {
  before(warmUp);

  underEach('8. under a timeout, cancelled at any step, leave nothing behind', function* () {
    using listener = TcpListener.listen();
    const { port } = listener.address;
    const server = yield* spawn(listener.serve(stream => stream.read()));
    function* connecting(n: number): Coroutine<void, NetEvent> {
      using stream = yield* timeout(n % 2 === 0 ? 50 : 0.1, TcpStream.connect({ port }));
      yield* stream.write('x');
    }
    for (let n = 0; n < 200; n++) {
      const task = yield* spawn(codeOf(connecting(n)));
      for (let k = 0; k < n % 9; k++) yield* pause();
      if (n % 3 > 0) task.cancel();
      yield* codeOf(task.join());
    }
    listener.close();
    yield* server.join();
  });

  function* visit(port: number, random: () => number): Coroutine<void, NetEvent> {
    yield* sleep(random() * 3);
    using stream = yield* TcpStream.connect({ port });
    yield* stream.write('x'.repeat(1 + Math.floor(random() * 50)));
    if (random() < 0.5) yield* stream.read();
    if (random() < 0.3) yield* sleep(random() * 10);
  }

  function* thousand(random: () => number): Coroutine<void, NetEvent> {
    using listener = TcpListener.listen();
    const server = yield* spawn(
      listener.serve(function* (stream) {
        for (let bytes = yield* stream.read(); bytes !== undefined; bytes = yield* stream.read()) {
          if (random() < 0.1) return;
          yield* stream.write(bytes);
        }
      }),
    );
    for (let round = 0; round < 20; round++) {
      const tasks: Task[] = [];
      for (let n = 0; n < 50; n++) tasks.push(yield* spawn(codeOf(visit(listener.address.port, random))));
      while (tasks.length > 0) {
        const [task] = tasks.splice(Math.floor(random() * tasks.length), 1);
        if (random() < 0.6) task!.cancel();
        if (random() < 0.5) yield* sleep(random());
        if (random() < 0.2) yield* pause();
      }
      if (round % 2 === 1) yield* sleep(15);
    }
    if (random() < 0.5) server.cancel();
    listener.close();
    yield* codeOf(server.join());
  }

  for (const name of STRATEGIES) {
    it(`8. and cancellations in random order leave nothing behind [${name}]`, async () => {
      const seed = Number(process.env.NET_SEED ?? Math.floor(Math.random() * 2 ** 32));
      try {
        await runNet(name, () => thousand(chance(seed)), 40_000);
      } catch (error) {
        (error as Error).message += ` (NET_SEED=${seed})`;
        throw error;
      }
    }).timeout(60_000);
  }
});
