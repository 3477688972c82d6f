import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { metricsModule } from '@escapement/observe/module';
import { createLoop, pause, setTimeoutModule, sleep, sleepModule, spawn } from 'escapement';
import { prometheusText } from './prometheus.js';

const loop = createLoop(setTimeoutModule, sleepModule, metricsModule);

const server = createServer((_request, response) => {
  response.setHeader('Content-Type', 'text/plain; version=0.0.4; charset=utf-8');
  response.end(prometheusText(loop.metrics()));
});
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));

function* worker() {
  for (let n = 0; n < 10; n++) yield* pause();
  yield* sleep(20);
}

await loop.run(function* main() {
  for (let n = 0; n < 3; n++) yield* spawn(worker());
});

const { port } = server.address() as AddressInfo;
const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
console.log(
  page
    .split('\n')
    .filter(line => /^escapement_(steps|switches|tasks)/.test(line))
    .join('\n'),
);
server.close();
