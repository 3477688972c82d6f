import { expect } from 'chai';
import { runWholeProgram, type Signals } from './whole-program.js';

const STRATEGIES = ['busy-wait', 'atomics-wait', 'epoll', 'set-timeout', 'message-channel'];

describe('main, under every strategy', function () {
  this.timeout(120_000);

  for (const strategy of STRATEGIES) {
    it(`ends on signals and errors under ${strategy}`, async () => {
      for (const [signal, code] of [
        ['SIGINT', 130],
        ['SIGTERM', 143],
      ] as const) {
        for (const what of ['sleeps', 'pauses']) {
          const ending = await runWholeProgram(strategy, what, [['ready', signal]]);
          expect(ending).to.deep.include({ code, errors: '' }, `${what}, ${signal}`);
          expect(ending.lines).to.deep.equal(['ready', 'cleaning', 'cleaned', 'listeners left: 0']);
        }
      }
      const twice: Signals = [
        ['ready', 'SIGTERM'],
        ['cleaning', 'SIGINT'],
      ];
      expect(await runWholeProgram(strategy, 'cleans for ever', twice)).to.deep.include({ code: 130, errors: '' });
      expect(await runWholeProgram(strategy, 'fails')).to.include({ code: 1 });
      expect(await runWholeProgram(strategy, 'waits')).to.include({ code: 1 });
    });
  }

  it('a signal ends a process that an open timer keeps alive', async () => {
    const ending = await runWholeProgram('set-timeout', 'leaves a timer', [['ready', 'SIGTERM']]);
    expect(ending).to.include({ code: 143 });
  });

  it('a signal that comes twice within a moment, as through npm, leaves clean-ups some time', async () => {
    const signals: Signals = [
      ['ready', 'SIGINT'],
      ['ready', 'SIGTERM'],
    ];
    for (const strategy of ['set-timeout', 'atomics-wait']) {
      const ending = await runWholeProgram(strategy, 'sleeps', signals);
      expect(ending.lines, strategy).to.include('cleaned');
      expect(ending.code, strategy).to.be.oneOf([130, 143]);
    }
  });

  it('an error in a clean-up after a signal is printed, and the exit code is 1', async () => {
    const ending = await runWholeProgram('busy-wait', 'fails in a clean-up', [['ready', 'SIGINT']]);
    expect(ending).to.include({ code: 1 });
    expect(ending.errors).to.match(/^Error: in the clean-up\n/);
  });

  it('a program that swallows the cancellation and returns decides on its exit code', async () => {
    const ending = await runWholeProgram('set-timeout', 'swallows', [['ready', 'SIGINT']]);
    expect(ending).to.include({ code: 0 });
    expect(ending.lines).to.include('swallowed');
    expect(ending.errors).to.include('ESC_CANCELLATION_SWALLOWED');
  });

  it('prints every error of several, what is no error, and a megabyte into a pipe', async () => {
    const several = await runWholeProgram('atomics-wait', 'fails twice');
    expect(several.errors).to.match(/^AggregateError: task "fails twice" failed with 2 errors: one; two\n/);
    expect(several.errors).to.match(/\n {2}error 1 of 2: Error: one\n(?:.*\n)* {2}error 2 of 2: Error: two\n/);
    const proxy = await runWholeProgram('set-timeout', 'throws a proxy');
    expect(proxy).to.include({ code: 1 });
    expect(proxy.errors).to.match(/^a value of type object that cannot be described was thrown, which is no Error\n$/);
    const much = await runWholeProgram('set-timeout', 'prints much');
    expect(much).to.include({ code: 1 });
    expect(much.errors.length).to.be.above(1_000_000);
  });
});
