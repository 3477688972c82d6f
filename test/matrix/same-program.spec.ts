import { epollModule } from '@escapement/io';
import { expect } from 'chai';
import {
  atomicsWaitModule,
  busyWaitModule,
  createLoop,
  every,
  type LoopModule,
  now,
  pause,
  setTimeoutModule,
  sleep,
  sleepModule,
  sleepUntil,
  spawn,
} from 'escapement';

/** Everything the loop can do; what it logs hangs on no time, so a machine that stands still for a while changes nothing. */
function* program(log: string[]) {
  const start = yield* now();
  const at = (ms: number) => sleepUntil(start + ms);
  function* late(ms: number, name: string) {
    yield* at(ms);
    log.push(name);
    return name;
  }
  const first = yield* spawn(late(5, 'first'));
  const second = yield* spawn(late(10, 'second'));
  const cancelled = yield* spawn(late(10_000, 'never'));
  log.push('spawned');
  yield* pause();
  // Not before both are over: a late machine wakes them in the same turn, in the order of their instants all the same.
  yield* second.join();
  log.push(`joined ${yield* first.join()}`);
  cancelled.cancel();
  const ticks = every(5);
  yield* ticks;
  log.push(`tick ${(yield* ticks).index >= 2}`);
  try {
    const failing = yield* spawn(
      (function* () {
        yield* sleep(1);
        throw new Error('from a child');
      })(),
    );
    yield* failing.join();
  } catch (error) {
    log.push((error as Error).message);
    throw error;
  }
}

const expected = ['spawned', 'first', 'second', 'joined first', 'tick true', 'from a child'];

const strategies: Readonly<Record<string, LoopModule>> = {
  'busy-wait': busyWaitModule,
  'atomics-wait': atomicsWaitModule,
  'set-timeout': setTimeoutModule,
  epoll: epollModule,
};

describe('the same program', () => {
  for (const [alias, module] of Object.entries(strategies)) {
    it(`does the same under ${alias}`, async () => {
      const log: string[] = [];
      const error = await createLoop(module, sleepModule)
        .run(() => program(log))
        .catch(thrown => thrown);
      expect(error).to.have.property('message', 'from a child');
      expect(log).to.deep.equal(expected);
    });
  }
});
