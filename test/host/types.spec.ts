import { main } from '@escapement/host';
import { expect } from 'chai';
import {
  busyWaitModule,
  type Coroutine,
  createLoop,
  type KeepAlive,
  LoopEvent,
  sleep,
  sleepModule,
  spawn,
  type Task,
} from 'escapement';

// What must not compile. The compiler checks it: an `@ts-expect-error` without an error is an error.

class Bell extends LoopEvent<number> {
  readonly kind = 'bell';
}

function* rings(): Coroutine<number, Bell> {
  return yield* new Bell();
}

function* spawnsRings() {
  yield* sleep(1);
  return yield* spawn(rings());
}

const sleeping = () => createLoop(busyWaitModule, sleepModule);

describe('the types of host code', () => {
  it('let main run what the loop handles, and nothing else', () => {
    async function compiles() {
      await main(sleeping(), sleep(1));
      await main(sleeping(), () => sleep(1));
      await main(
        sleeping(),
        function* () {
          yield* sleep(1);
        },
        { hostTurns: 10 },
      );
      await main(sleeping(), function* () {});
    }
    async function doesNot() {
      // @ts-expect-error no module handles Bell
      await main(sleeping(), rings);
      // @ts-expect-error no module handles Bell
      await main(sleeping(), rings());
      // @ts-expect-error no module handles Bell, which a spawned task needs
      await main(sleeping(), spawnsRings);
      // @ts-expect-error no program
      await main(sleeping(), 5);
      // @ts-expect-error an async function is no program
      await main(sleeping(), async () => {});
      // @ts-expect-error no loop
      await main(busyWaitModule, sleep(1));
      // @ts-expect-error no such option
      await main(sleeping(), sleep(1), { hostTurn: 10 });
    }
    // They are not called.
    expect([compiles, doesNot]).to.have.lengthOf(2);
  });

  it('give loop.spawn a signal, turns of the host, and the value of the program', () => {
    function compiles() {
      const { signal } = new AbortController();
      const task: Task<void> = sleeping().spawn(sleep(1), { signal, hostTurns: 50, name: 'one', daemon: true });
      const keepAlive: KeepAlive = sleeping().keepAlive();
      keepAlive.release();
      return task;
    }
    function doesNot() {
      // @ts-expect-error the controller is no signal
      sleeping().spawn(sleep(1), { signal: new AbortController() });
      // @ts-expect-error no number of milliseconds
      sleeping().spawn(sleep(1), { hostTurns: '50' });
      // @ts-expect-error no module handles Bell
      sleeping().spawn(rings);
    }
    expect([compiles, doesNot]).to.have.lengthOf(2);
  });
});
