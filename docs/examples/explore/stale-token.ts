import { type Coroutine, pause, spawn } from '@escapement/core';
import type { Exploration } from '@escapement/explore';
import { Lock } from '@escapement/sync';
import { show } from './show.js';

class Unauthorized extends Error {
  override readonly name = 'Unauthorized';
}

/** Knows one token at a time: a new one makes the old one invalid. The first has expired. */
class Server {
  #valid = 1;

  *request(token: number) {
    yield* pause();
    if (token !== this.#valid) throw new Unauthorized(`token ${token} is stale`);
    return 'answer';
  }

  *login() {
    yield* pause();
    return ++this.#valid;
  }
}

// #region bug
/** Logs in again when it is refused, and tries once more. Another task's login makes that token stale, too. */
class Client {
  protected token = 0;
  constructor(protected readonly server: Server) {}

  *get() {
    const token = this.token;
    try {
      return yield* this.server.request(token);
    } catch (error) {
      if (!(error instanceof Unauthorized)) throw error;
      return yield* this.server.request(yield* this.renewed(token));
    }
  }

  protected *renewed(_stale: number): Coroutine<number, Renewing> {
    this.token = yield* this.server.login();
    return this.token;
  }
}
// #endregion bug

type Renewing = ReturnType<typeof pause> | ReturnType<Lock['acquire']>;

/** One logs in, and only if nobody else has since the token was read. */
class SharedLogin extends Client {
  readonly #lock = new Lock('login');

  protected override *renewed(stale: number): Coroutine<number, Renewing> {
    yield* this.#lock.acquire();
    try {
      if (this.token === stale) this.token = yield* this.server.login();
      return this.token;
    } finally {
      this.#lock.release();
    }
  }
}

function* twoRequests(client: Client) {
  yield* spawn(client.get(), { name: 'first request' });
  yield* spawn(client.get(), { name: 'second request' });
}

export function broken(_run: Exploration) {
  return twoRequests(new Client(new Server()));
}

export function fixed(_run: Exploration) {
  return twoRequests(new SharedLogin(new Server()));
}

await show(import.meta.url, 'retry with a stale token', broken, fixed);
