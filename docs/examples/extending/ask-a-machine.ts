import type { ByteStream } from '@escapement/streams';
import { memoryPair } from '@escapement/streams/memory';
import { memoryModule } from '@escapement/streams/module';
import { syncModule } from '@escapement/sync/module';
import { virtualTimeModule } from '@escapement/virtual-time/module';
import { all, createLoop, type LoopEvent, sleep, sleepModule, spawn, timeout } from 'escapement';
import { Asker } from './asker.js';

/** Stands for the other machine: the longer the question, the later the answer. It dies of "die". */
function* machine<E extends LoopEvent>(stream: ByteStream<E>) {
  for (let line = yield* stream.readLine(); line !== undefined; line = yield* stream.readLine()) {
    const [number, ...words] = line.split(' ');
    const question = words.join(' ');
    if (question === 'die') return stream.close();
    yield* spawn(function* () {
      yield* sleep(question.length);
      yield* stream.write(`${number} ${question.toUpperCase()}\n`);
    });
  }
}

createLoop(virtualTimeModule, sleepModule, memoryModule, syncModule).runSync(function* () {
  const [here, there] = memoryPair({ latency: 20 });
  const asker = new Asker(here);
  yield* spawn(machine(there));
  yield* spawn(asker.run());

  const ask = (question: string) =>
    function* () {
      console.log(yield* asker.ask(question));
    };
  yield* all([ask('a long question'), ask('brief')]);
  try {
    yield* timeout(1000, asker.ask('die'));
  } catch (error) {
    console.log((error as Error).message);
  }
});
