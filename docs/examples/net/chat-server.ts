/**
 * A chat: whoever connects says who they are, and every line goes to all others. Each client has a queue of its own, so
 * that nobody waits for a slow reader; one whose queue is full is dropped.
 *
 * Try it: node docs/dist/examples/net/chat-server.js --port 7001, and `nc 127.0.0.1 7001` in two terminals.
 * Ctrl-C ends it under every strategy; see run.ts for how.
 */
import { TcpListener, type TcpStream } from '@escapement/net';
import { formatAddress } from '@escapement/posix';
import { Queue } from '@escapement/sync';
import { currentTask, pause, scope, spawn, type Task } from 'escapement';
import { serverOptions } from './options.js';
import { run } from './run.js';

const { strategy, host, port } = serverOptions('A chat for nc and telnet.', 7001);

/** So many lines may wait for a client to read them. */
const MOST_WAITING = 100;
const LONGEST_LINE = 1000;
const NICKNAME = /^\w{1,20}$/;

class Client {
  readonly #stream: TcpStream;
  readonly #task: Task;
  readonly #waiting = new Queue<string>({ capacity: MOST_WAITING });

  /** @param task which serves it */
  constructor(stream: TcpStream, task: Task) {
    this.#stream = stream;
    this.#task = task;
  }

  /** Takes no time: what the client does not read waits, up to a limit. */
  tell(line: string): void {
    if (!this.#waiting.tryPut(`${line}\r\n`)) this.#task.cancel('reads too slowly');
  }

  *readLine() {
    // Many lines may have come at once. Before each the writers get their turn, or it would look as if all were slow.
    yield* pause();
    return (yield* this.#stream.readLine(LONGEST_LINE))?.trim();
  }

  /** Writes what waits, all that there is at a time, until it is cancelled. */
  *writeLines() {
    for (;;) {
      let text = yield* this.#waiting.get();
      for (let more = this.#waiting.tryGet(); more !== undefined; more = this.#waiting.tryGet()) text += more;
      yield* this.#stream.write(text);
    }
  }
}

/** Who is there, by their nicknames. */
const clients = new Map<string, Client>();

function tellOthers(nickname: string, line: string): void {
  for (const [name, client] of clients) if (name !== nickname) client.tell(line);
}

function* serve(stream: TcpStream) {
  const client = new Client(stream, yield* currentTask());
  // In a scope: where the writer fails, because its client is gone, that is no failure of the server.
  yield* scope(attend(client));
}

function* attend(client: Client) {
  yield* spawn(client.writeLines(), { name: 'writer', daemon: true });
  const nickname = yield* introduce(client);
  if (nickname === undefined) return;
  clients.set(nickname, client);
  try {
    tellOthers(nickname, `* ${nickname} is here`);
    yield* chat(nickname, client);
  } finally {
    clients.delete(nickname);
    tellOthers(nickname, `* ${nickname} is gone`);
  }
}

/** @returns the nickname; undefined if the client left instead */
function* introduce(client: Client) {
  for (;;) {
    client.tell('Who are you?');
    const nickname = yield* client.readLine();
    if (nickname === undefined) return undefined;
    if (!NICKNAME.test(nickname)) client.tell('A nickname has up to 20 letters or digits.');
    else if (clients.has(nickname)) client.tell(`${nickname} is here already.`);
    else return nickname;
  }
}

function* chat(nickname: string, client: Client) {
  client.tell(`Welcome, ${nickname}. /who tells who is here, /quit ends.`);
  for (let line = yield* client.readLine(); line !== undefined; line = yield* client.readLine()) {
    if (line === '/quit') return;
    if (line === '/who') client.tell(`* here: ${[...clients.keys()].join(', ')}`);
    else if (line !== '') tellOthers(nickname, `${nickname}: ${line}`);
  }
}

await run(strategy, function* () {
  using listener = TcpListener.listen({ host, port });
  console.log(`listening on ${formatAddress(listener.address)}`);
  yield* listener.serve(serve);
});
