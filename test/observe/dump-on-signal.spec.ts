import { dumpOnSignal } from '@escapement/observe';
import { expect } from 'chai';
import { isAlive, Targets } from './support/processes.js';

/** A loop that prints its tasks at SIGQUIT. */
const program = (strategy: string, options: string) => `
  Promise.all([import('escapement'), import('@escapement/observe')]).then(
    ([{ createLoop, ${strategy}, sleepModule, sleep }, { dumpOnSignal }]) => {
      dumpOnSignal();
      createLoop(${strategy}, sleepModule).run(function* patient() {
        yield* sleep(50);
        console.log('up');
        yield* sleep(60000);
      }, ${options});
    });`;

describe('dumpOnSignal', function () {
  this.timeout(120_000);
  const targets = new Targets();

  afterEach(() => targets.endAll());

  it('prints the tasks on the standard error at each signal, and the loop goes on', () =>
    dumps('setTimeoutModule', '{}'));
  it('prints the tasks under a strategy that blocks, with turns of the host', () =>
    dumps('atomicsWaitModule', '{ hostTurns: 20 }'));

  async function dumps(strategy: string, options: string): Promise<void> {
    const { pid, complains } = await targets.start(process.execPath, ['-e', program(strategy, options)]);
    process.kill(pid, 'SIGQUIT');
    expect(await complains(/WaitTimes/)).to.match(
      /^main thread: .*\n1 task: 1 waiting\n\npatient {2}- {2}sleeps for 1 min\n/,
    );
    // Signals that come at the same time count as one.
    await new Promise(resolve => setTimeout(resolve, 200));
    process.kill(pid, 'SIGQUIT');
    await complains(/WaitTimes.*WaitTimes/s);
    expect(isAlive(pid)).to.equal(true);
  }

  it('refuses what is no signal, and signals that cannot be used', () => {
    for (const wrong of ['SIGNOTHING', 'SIGKILL', 'SIGSTOP', 'SIGUSR1', 'toString', 3]) {
      expect(() => dumpOnSignal(wrong as never)).to.throw('expected a signal that a program can listen for');
    }
    expect(process.listenerCount('SIGUSR2')).to.equal(0);
    const forget = dumpOnSignal('SIGUSR2');
    expect(process.listenerCount('SIGUSR2')).to.equal(1);
    forget();
    expect(process.listenerCount('SIGUSR2')).to.equal(0);
  });
});
