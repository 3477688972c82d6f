/**
 * A chat: each client gives a nickname, and every line goes to all other clients. Each client has a queue of its own, so
 * that no client waits for a slow one. A client whose queue is full is disconnected.
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

/** How many lines may wait in the queue of a client. */
const MOST_WAITING = 100;
const LONGEST_LINE = 1000;
/** How many nicknames a client may try: the lines of an HTTP request, which a browser can be made to send, are more. */
const MOST_TRIES = 3;
const NICKNAME = /^\w{1,20}$/;

class Client {
  readonly #stream: TcpStream;
  readonly #task: Task;
  readonly #waiting = new Queue<string>({ capacity: MOST_WAITING });

  /** @param task the task that serves the client */
  constructor(stream: TcpStream, task: Task) {
    this.#stream = stream;
    this.#task = task;
  }

  /** Does not wait: the line goes to the queue. If that is full, the client is disconnected. */
  send(line: string): void {
    if (!this.#waiting.tryPut(`${line}\r\n`)) this.#task.cancel('reads too slowly');
  }

  *readLine() {
    // Many lines may have come at once. The pause lets the writers run, or every queue would fill up.
    yield* pause();
    const line = yield* this.#stream.readLine(LONGEST_LINE);
    // Without control characters, which could do anything with the terminals of the others.
    return line?.replace(/\p{Cc}/gu, '').trim();
  }

  /** Writes the lines of the queue, all that are there in one write, until it is cancelled. */
  *writeLines() {
    for (;;) {
      let text = yield* this.#waiting.get();
      for (let more = this.#waiting.tryGet(); more !== undefined; more = this.#waiting.tryGet()) text += more.value;
      yield* this.#stream.write(text);
    }
  }
}

/** The clients, by nickname. */
const clients = new Map<string, Client>();

function sendToOthers(nickname: string, line: string): void {
  for (const [name, client] of clients) if (name !== nickname) client.send(line);
}

function* serve(stream: TcpStream) {
  const client = new Client(stream, yield* currentTask());
  // In a scope: if the writer fails because its client is gone, the server does not fail.
  yield* scope(attend(client));
}

function* attend(client: Client) {
  yield* spawn(client.writeLines(), { name: 'writer', daemon: true });
  const nickname = yield* introduce(client);
  if (nickname === undefined) return;
  clients.set(nickname, client);
  try {
    sendToOthers(nickname, `* ${nickname} is here`);
    yield* chat(nickname, client);
  } finally {
    clients.delete(nickname);
    sendToOthers(nickname, `* ${nickname} is gone`);
  }
}

/** @returns the nickname; undefined if the client disconnected instead, or has no more tries */
function* introduce(client: Client) {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    client.send('Who are you?');
    const nickname = yield* client.readLine();
    if (nickname === undefined) return undefined;
    if (!NICKNAME.test(nickname)) client.send('A nickname has up to 20 letters or digits.');
    else if (clients.has(nickname)) client.send(`${nickname} is here already.`);
    else return nickname;
  }
  return undefined;
}

function* chat(nickname: string, client: Client) {
  client.send(`Welcome, ${nickname}. /who lists who is here, /quit ends.`);
  for (let line = yield* client.readLine(); line !== undefined; line = yield* client.readLine()) {
    if (line === '/quit') return;
    if (line === '/who') client.send(`* here: ${[...clients.keys()].join(', ')}`);
    else if (line !== '') sendToOthers(nickname, `${nickname}: ${line}`);
  }
}

await run(strategy, function* () {
  using listener = TcpListener.listen({ host, port });
  console.log(`listening on ${formatAddress(listener.address)}`);
  yield* listener.serve(serve);
});
