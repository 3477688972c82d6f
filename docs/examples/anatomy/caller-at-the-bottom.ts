import type { Coroutine } from 'escapement';
import { AsyncSleep } from './async-sleep.js';

function* leaf(): Coroutine<string, AsyncSleep> {
  yield* new AsyncSleep(5);
  return 'water';
}

function* branch(): Coroutine<string, AsyncSleep> {
  return `${yield* leaf()} and light`;
}

function* trunk(): Coroutine<string, AsyncSleep> {
  return `${yield* branch()}, said the trunk`;
}

// The code that calls `next` is the caller at the bottom. In a program that is the loop.
const coroutine = trunk();
console.log(`up comes ${coroutine.next().value}`);
console.log(`back goes ${coroutine.next().value}`);
