import { setTimeout as hostSleep } from 'node:timers/promises';
import { sleep } from 'escapement';
import { expectDescriptors, netLoop, openDescriptors, STRATEGIES, warmUp, withPair } from './net-loop.js';

describe('net: short runs', () => {
  before(warmUp);

  // A thread that is terminated while it loads its modules leaves their files open.
  for (const name of STRATEGIES) {
    it(`6. that end while their helper thread is starting leave nothing open [${name}]`, async () => {
      const before = openDescriptors();
      for (let n = 0; n < 12; n++) {
        await netLoop(name).loop.run(() =>
          withPair(function* (here, there) {
            yield* here.write('x');
            yield* there.read();
            yield* sleep(n * 5);
          }),
        );
        await hostSleep(n * 3);
      }
      await expectDescriptors(before);
    });
  }
});
