import { spawnSync } from 'node:child_process';
import { handlerLaws } from '@escapement/conformance';
import { assert } from 'chai';
import { mailboxAdapter } from './broken/mailboxes.js';
import { Recorder } from './recorder.js';

const importing = (name: string) => JSON.stringify(import.meta.resolve(name));

describe('conformance: a law always ends', () => {
  it('by the end of the process, with a message that names it, if a sleep heeds neither deadline nor wakeup', () => {
    const program = `
      import { describe, it } from 'node:test';
      import { strategyLaws } from ${importing('@escapement/conformance')};
      import { AtomicsWaitStrategy } from ${importing('@escapement/strategies')};
      class Dead extends AtomicsWaitStrategy {
        sleep() {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
        }
      }
      strategyLaws({ describe, it }, { strategy: clock => new Dead(clock) });`;
    const { signal, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    assert.equal(signal, 'SIGKILL', stderr);
    assert.match(stderr, /^S2 returns at once for a deadline that has passed/m);
    assert.match(stderr, /sleep\(\) goes on \d+ ms after its end.* Does it wait for another word than wakeup.word/);
  }).timeout(60_000);

  it('before the runner loses patience, which is asked to have enough', async () => {
    const suite = new Recorder(runner => handlerLaws(runner, mailboxAdapter()));
    const [enough] = suite.timeouts;
    assert.isAbove(enough!, 30_000);
    assert.deepEqual([...new Set(suite.timeouts)], [enough]);
    const asked: number[] = [];
    /** As mocha's. */
    const contextWith = (timeout: number) => ({
      timeout: (milliseconds?: number) => (milliseconds === undefined ? timeout : asked.push(milliseconds)),
    });
    for (const timeout of [2000, 0, 1e6]) assert.isUndefined(await suite.run('H1', contextWith(timeout)));
    assert.deepEqual(asked, [enough], 'not if there is none, nor if it is longer');
  });
});
