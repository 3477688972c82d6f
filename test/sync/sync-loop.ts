import { SyncHandler } from '@escapement/sync';
import { type Coroutine, type LoopEvent, pause, type Task, type Yieldable } from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';

/** A loop in virtual time that handles the events of locks and queues. */
export const syncLoop = () => virtualLoop({ handlers: [new SyncHandler()] }).loop;

/** Lets every other task run until it waits. */
export function* settle() {
  for (let n = 0; n < 20; n++) yield* pause();
}

/** How a task ended, in a word. */
export function endOf(task: Task): unknown {
  const { result } = task;
  if (result.state === 'succeeded') return result.value;
  if (result.state === 'failed') return (result.error as { code?: unknown }).code ?? result.error;
  return result.state;
}

/** What `work` throws. */
export function thrownBy(work: () => unknown): Error & { code?: string } {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

/** The code and the message of what a coroutine throws. */
export function* catching<E extends LoopEvent>(body: Yieldable<unknown, E>): Coroutine<string, E> {
  try {
    yield* body;
  } catch (error) {
    return `${(error as { code?: string }).code}: ${(error as Error).message}`;
  }
  return 'nothing was thrown';
}
