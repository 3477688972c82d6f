import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { eventsOf, itemsOf, type Put, produce, resolved, sinkOf } from '@escapement/promises';
import { promiseModule } from '@escapement/promises/module';
import { childProcess } from '@escapement/promises/node';
import { hostStream } from '@escapement/promises/streams';
import { setTimeoutModule } from '@escapement/strategies/module';
import { createLoop } from '@escapement/wiring';

function* main() {
  const sort = yield* childProcess('sort'); // ended with this task, if it still runs then
  yield* sort.stdin.write('pear\napple\n');
  yield* sort.stdin.end();
  console.log(yield* sort.stdout.readLine(), (yield* sort.exited).code);

  const emitter = new EventEmitter();
  const said = yield* eventsOf<[string]>(emitter, 'said', { end: ['close'] });
  for (const word of ['one', 'two']) emitter.emit('said', word); // kept until a task takes them
  emitter.emit('close');
  yield* said.forEach(function* ([word]) {
    console.log(word);
  });

  const squares = yield* produce(function* (put: Put<string>) {
    for (let n = 1; n <= 3; n++) yield* put(`${n * n} `); // waits until the host asks for the next one
  });
  console.log(yield* resolved(text(Readable.from(squares))));

  const numbers = new TransformStream<number, number>();
  const sink = yield* sinkOf(numbers.writable);
  const items = yield* itemsOf(numbers.readable);
  yield* sink.write(42);
  console.log((yield* items.next()).value);

  const body = yield* hostStream({ readable: new Response('first line\nsecond line').body! });
  console.log(yield* body.readLine());
}

await createLoop(setTimeoutModule, promiseModule).run(main);
