import { type MemoryEvent, MemoryHandler, type MemoryStream, memoryPair } from '@escapement/streams/memory';
import type { CoreEvent, Coroutine, SleepFor } from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';

export type Played = MemoryEvent | SleepFor | CoreEvent;
type Use<T> = (here: MemoryStream, there: MemoryStream) => Coroutine<T, Played>;

export function memoryLoop() {
  return virtualLoop({ handlers: [new MemoryHandler()] });
}

/** Runs `use` with both ends of a connection. @returns its value, and the time when it was done */
export function withPair<T>(use: Use<T>, ...options: Parameters<typeof memoryPair>): { value: T; time: number } {
  const { loop, clock } = memoryLoop();
  const value = loop.runSync(use(...memoryPair(...options)));
  return { value, time: clock.time };
}
