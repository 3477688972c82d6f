import { type Coroutine, createLoop, type Pause, pause, setTimeoutModule, spawn } from 'escapement';
import { asleep } from './asleep.js';
import type { AsyncSleep } from './async-sleep.js';
import { asyncSleepModule } from './async-sleep-handler.js';
import { blockFor } from './block-for.js';

function* blocks(name: string): Coroutine<void, Pause> {
  yield* pause();
  console.log(`${name} begins`);
  blockFor(20);
  console.log(`${name} ends`);
}

function* pauses(name: string): Coroutine<void, AsyncSleep> {
  console.log(`${name} begins`);
  yield* asleep(20);
  console.log(`${name} ends`);
}

const loop = createLoop(setTimeoutModule, asyncSleepModule);

console.log('blockFor stops everything:');
await loop.run(function* () {
  yield* spawn(blocks('one'));
  yield* spawn(blocks('two'));
});

console.log('asleep pauses one:');
await loop.run(function* () {
  yield* spawn(pauses('one'));
  yield* spawn(pauses('two'));
});
