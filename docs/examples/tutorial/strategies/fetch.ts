import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { abortable } from '@escapement/promises';
import { promiseModule } from '@escapement/promises/module';
import { createLoop, map, setTimeoutModule, sleepModule, timeout } from 'escapement';

// A server to fetch from: 20 ms for a page. It says how many it serves at once.
let open = 0;
let most = 0;
const server = createServer((request, response) => {
  most = Math.max(most, ++open);
  setTimeout(() => {
    open--;
    response.end(`the page ${request.url}`);
  }, 20);
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

async function load(path: string, signal: AbortSignal) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal });
  return response.text();
}

function* fetchPage(path: string) {
  return yield* timeout(
    5000,
    abortable(signal => load(path, signal)), // aborted when the time is up, and when the task is cancelled
  );
}

function* main() {
  const pages = yield* map(['/tea', '/milk', '/sugar'], fetchPage, { concurrency: 2 });
  console.log(pages.join('\n'));
  console.log(`at most ${most} at once`);
}

await createLoop(setTimeoutModule, sleepModule, promiseModule).run(main);
server.close();
