import { readFile } from 'node:fs/promises';
import { setTimeout as later } from 'node:timers/promises';
import { scope, shield, spawn } from '@escapement/core';
import { abortable, manage, mapAsync, resolved } from '@escapement/promises';
import { promiseModule } from '@escapement/promises/module';
import { setTimeoutModule } from '@escapement/strategies/module';
import { createLoop } from '@escapement/wiring';

async function connect() {
  return { ping: () => later(1, 'pong'), [Symbol.asyncDispose]: async () => console.log('disconnected') };
}

function* talk() {
  const connection = yield* manage(yield* shield(resolved(connect()))); // disposed of at the end of the task
  console.log(yield* resolved(connection.ping()));
}

function* main() {
  const text = yield* resolved(readFile(new URL(import.meta.url), 'utf8'));
  console.log(text.includes('this very file'));

  const slow = yield* spawn(abortable(signal => later(60_000, 'too late', { signal })));
  yield* resolved(later(1));
  slow.cancel('no time'); // aborts the timer, too

  async function* numbers() {
    for (let n = 1; n <= 4; n++) yield n;
  }
  const squares = yield* mapAsync(numbers(), n => resolved(later(5 - n, n * n)), { concurrency: 2 });
  console.log(squares.join(' '));

  yield* scope(talk());
}

await createLoop(setTimeoutModule, promiseModule).run(main);
