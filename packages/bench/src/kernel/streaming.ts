import { type Duplex, duplexPair } from 'node:stream';
import { alternate } from '@escapement/lab/internal';
import { type MemoryStream, memoryPair } from '@escapement/streams/memory';
import { memoryModule } from '@escapement/streams/module';
import { busyWaitModule, createLoop, sleepModule, spawn } from 'escapement';
import type { Benchmark } from './benchmark.js';
import { nanosecondsEach } from './nanoseconds-each.js';

const TIMES = 10_000;
const LINE = 'a line of text that is answered by itself\n';

/** A line to and fro through a connection in memory, compared with Node's own. */
export const streaming: Benchmark = {
  name: 'memory',
  async run(rounds) {
    const loop = createLoop(busyWaitModule, sleepModule, memoryModule);
    const figures = await alternate(
      [
        { name: 'pair', run: () => nanosecondsEach(TIMES, () => loop.runSync(ping)) },
        { name: 'duplex', run: () => nanosecondsEach(TIMES, pingNode) },
      ],
      { rounds },
    );
    const anchor = { name: 'stream.duplexPair of Node', figure: figures.get('duplex')! };
    const ours = figures.get('pair')!;
    return [{ what: 'a line through a memoryPair, and back', unit: 'ns', ours, anchor, reach: { atMost: 10_000 } }];
  },
};

function* ping() {
  const [here, there] = memoryPair();
  yield* spawn(echo(there));
  for (let n = 0; n < TIMES; n++) {
    yield* here.write(LINE);
    yield* here.readLine();
  }
  here.close();
}

function* echo(stream: MemoryStream) {
  while ((yield* stream.readLine()) !== undefined) yield* stream.write(LINE);
}

async function pingNode(): Promise<void> {
  const [here, there] = duplexPair() as [Duplex, Duplex];
  there.on('data', (bytes: Uint8Array) => there.write(bytes));
  for (let n = 0; n < TIMES; n++) {
    const answer = new Promise(resolve => here.once('data', resolve));
    here.write(LINE);
    await answer;
  }
  here.destroy();
  there.destroy();
}
