import assert from 'node:assert';
import { type Coroutine, type LoopEvent, type Pause, pause, spawn } from '@escapement/core';
import type { Exploration } from '@escapement/explore';
import { Deferred, type DeferredSettled } from '@escapement/sync';
import { show } from './show.js';

type Load = (key: string) => Coroutine<string, Pause>;

// #region bug
/** All who ask before the first page is there load it, too. */
class Cache {
  readonly #pages = new Map<string, string>();
  constructor(private readonly load: Load) {}

  *get(key: string): Coroutine<string, Pause> {
    const cached = this.#pages.get(key);
    if (cached !== undefined) return cached;
    const page = yield* this.load(key);
    this.#pages.set(key, page);
    return page;
  }
}
// #endregion bug

/** Keeps the page that is on its way: the others wait for it. An error of the load reaches all of them, and is not kept. */
class SingleFlight {
  readonly #pages = new Map<string, Deferred<string>>();
  constructor(private readonly load: Load) {}

  *get(key: string): Coroutine<string, Pause | DeferredSettled<string>> {
    const known = this.#pages.get(key);
    if (known !== undefined) return yield* known.wait();
    const page = new Deferred<string>();
    this.#pages.set(key, page);
    try {
      page.resolve(yield* this.load(key));
    } catch (error) {
      this.#pages.delete(key);
      page.reject(error);
    }
    return yield* page.wait();
  }
}

/** Two guests of one page. */
function* visit<E extends LoopEvent>(
  run: Exploration,
  open: (load: Load) => { get(key: string): Coroutine<string, E> },
) {
  let loads = 0;
  const cache = open(function* load(key) {
    loads++;
    yield* pause();
    return `page ${key}`;
  });
  run.check(() => assert(loads === 1, `the page was loaded ${loads} times`));
  yield* spawn(cache.get('home'), { name: 'first guest' });
  yield* spawn(cache.get('home'), { name: 'second guest' });
}

export function broken(run: Exploration) {
  return visit(run, load => new Cache(load));
}

export function fixed(run: Exploration) {
  return visit(run, load => new SingleFlight(load));
}

await show(import.meta.url, 'cache stampede', broken, fixed);
