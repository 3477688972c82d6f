import { availableParallelism } from 'node:os';
import { abortable, type Resolved, resolved } from '@escapement/promises';
import { promiseModule } from '@escapement/promises/module';
import {
  all,
  type Coroutine,
  type CurrentTask,
  createLoop,
  ensure,
  setTimeoutModule,
  sleep,
  sleepModule,
  spawn,
} from 'escapement';
import { Piscina } from 'piscina';

/** A pool of threads that ends with the current task. Each thread runs the default export of `filename`. */
function* pool(filename: URL): Coroutine<Piscina, CurrentTask | Resolved> {
  const threads = new Piscina({ filename: filename.href, maxThreads: availableParallelism() });
  yield* ensure(() => resolved(threads.destroy()));
  return threads;
}

/** `yield* offload(pool, input)`: a thread computes, this one goes on. A cancellation ends the computation. */
function offload<T>(threads: Piscina, input: unknown) {
  return abortable<T>(signal => threads.run(input, { signal }));
}

function* main() {
  const threads = yield* pool(new URL('./primes.js', import.meta.url));
  const hopeless = yield* spawn(offload(threads, 1e12));
  const counts = yield* all([1_000, 10_000, 100_000].map(limit => offload<number>(threads, limit)));
  console.log(counts.join(' '));
  yield* sleep(5);
  hopeless.cancel();
  console.log('no patience left');
}

await createLoop(setTimeoutModule, sleepModule, promiseModule).run(main);
