import { MessageChannel } from 'node:worker_threads';
import { closePort, received, Sender } from '@escapement/workers';
import { expect } from 'chai';
import { sleep } from 'escapement';
import { loopWith, STRATEGIES, startThread } from './thread.js';

/** `npm run test:storm` sends 100,000. */
const MESSAGES = Number(process.env.STORM_MESSAGES ?? 10_000);

/** Sends numbers as fast as it may, with pauses, so that both sides sleep now and then. */
const STORM = `
  (async () => {
    const { createLoop, atomicsWaitModule, portModule, sleepModule, sleep, Sender } = await load();
    const sender = new Sender(port, { credit: 64 });
    createLoop(atomicsWaitModule, portModule, sleepModule).runSync(function* () {
      for (let n = 0; n < ${MESSAGES}; n++) {
        yield* sender.send(n);
        if (n % 2_000 === 0) yield* sleep(1);
      }
    });
  })();
`;

const STRANGER = `
  for (let n = 0; n < ${MESSAGES}; n++) { port.postMessage(n); if (n % 2_000 === 0) rest(1); }
`;

describe('a storm of messages', function () {
  this.timeout(60_000);

  for (const [alias, strategy] of Object.entries(STRATEGIES)) {
    for (const [title, code] of Object.entries({ 'a sender with credit': STORM, 'a stranger': STRANGER })) {
      describe(`of ${title}, under ${alias}`, () => {
        it('keeps its order and loses none', async () => {
          const { port1, port2 } = new MessageChannel();
          const worker = startThread(code, port2);
          const firstWrong = await loopWith(strategy).run(function* () {
            for (let n = 0; n < MESSAGES; n++) {
              if ((yield* received(port1)) !== n) return n;
              if (n % 3_000 === 0) yield* sleep(1);
            }
            return undefined;
          });
          expect(firstWrong).to.equal(undefined);
          closePort(port1);
          await worker.terminate();
        });
      });
    }
  }

  it('leaves nothing behind: thousands of ports, links and cancelled waits', async () => {
    const loop = loopWith(STRATEGIES['set-timeout']!);
    const round = () =>
      loop.run(function* () {
        for (let n = 0; n < 500; n++) {
          const { port1, port2 } = new MessageChannel();
          const sender = new Sender<number>(port2);
          yield* sender.send(n);
          expect(yield* received(port1)).to.equal(n);
          closePort(port2);
          closePort(port1);
          if (n % 50 === 0) yield* sleep(1);
        }
        yield* sleep(20);
      });
    const handles = () => process.getActiveResourcesInfo().filter(name => name === 'MessagePort').length;
    await round();
    const before = { heap: heapAfterCollection(), handles: handles() };
    for (let n = 0; n < 4; n++) await round();
    expect(handles()).to.be.at.most(before.handles + 2);
    // A channel with its link takes several kilobytes: 2,000 of them would be seen.
    expect(heapAfterCollection() - before.heap).to.be.below(2_000_000);
  });
});

function heapAfterCollection(): number {
  for (let n = 0; n < 3; n++) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
