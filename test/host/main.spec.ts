import { expect } from 'chai';
import { type Ending, runWholeProgram, type Signals } from './whole-program.js';

const CLEANED = ['ready', 'cleaning', 'cleaned', 'listeners left: 0'];

/** Runs processes at the same time, as many as there are cores; each takes 0.2 s of CPU time, most of it to load. */
function ended(strategy: string, what: string, ...signals: Signals): Promise<Ending> {
  return runWholeProgram(strategy, what, signals);
}

describe('main', function () {
  this.timeout(60_000);

  it('cancels the program on SIGINT and SIGTERM, runs its clean-ups, and exits with 130 or 143, also where the loop spins or blocks', async () => {
    const endings = await Promise.all([
      ended('set-timeout', 'sleeps', ['ready', 'SIGINT']),
      ended('busy-wait', 'sleeps', ['ready', 'SIGINT']),
      ended('atomics-wait', 'sleeps', ['ready', 'SIGTERM']),
      ended('epoll', 'sleeps', ['ready', 'SIGTERM']),
      ended('atomics-wait', 'pauses', ['ready', 'SIGTERM']),
    ]);
    for (const { lines, errors, latency } of endings) {
      expect({ lines, errors }).to.deep.equal({ lines: CLEANED, errors: '' });
      expect(latency, 'milliseconds').to.be.below(5000);
    }
    expect(endings.map(({ code }) => code)).to.deep.equal([130, 130, 143, 143, 143]);
  });

  it('ends the process at once on a second signal, in the middle of a clean-up', async () => {
    const twice: Signals = [
      ['ready', 'SIGINT'],
      ['cleaning', 'SIGTERM'],
    ];
    for (const { code, lines } of await Promise.all([
      ended('set-timeout', 'cleans for ever', ...twice),
      ended('busy-wait', 'cleans for ever', ...twice),
      ended('set-timeout', 'cleans for ever', ['ready', 'SIGTERM'], ['cleaning', 'SIGTERM']),
    ])) {
      expect(lines).to.deep.equal(['ready', 'cleaning']);
      expect(code).to.equal(143);
    }
  });

  it('prints the error of the program, its cause and its coroutines, and exits with 1', async () => {
    const { code, lines, errors } = await ended('set-timeout', 'fails');
    expect(code).to.equal(1);
    expect(lines).to.deep.equal(['listeners left: 0']);
    expect(errors).to.match(
      /^Error: the first line\nand the second\n {4}at fails \(.*child\.js:\d+:\d+\) \(coroutine\)\n {4}at task "fails" \(coroutine\)\n {2}cause: RangeError: the cause\n/,
    );
  });

  it('prints a fault of the run as it prints an error, and finds a deadlock', async () => {
    const [unclosable, waiting] = await Promise.all([
      ended('set-timeout', 'unclosable'),
      ended('atomics-wait', 'waits'),
    ]);
    expect(unclosable.code).to.equal(1);
    expect(unclosable.errors).to.match(/^HandlerError \[ESC_HANDLER_FAILED\]: NeverHandler\.close threw: stuck/);
    expect(waiting.code).to.equal(1);
    expect(waiting.errors).to.match(
      /^DeadlockError \[ESC_DEADLOCK\]: nothing can ever happen.*\n.*\n +task "waits" waits for Never\(\)\nIf a callback of the host would .*keepAlive.*\n$/,
    );
  });

  it('leaves the exit code to a program that returns, and waits for no daemon', async () => {
    const [returned, daemon] = await Promise.all([ended('set-timeout', 'returns'), ended('busy-wait', 'has a daemon')]);
    expect(returned).to.deep.include({ code: 7, errors: '', lines: ['listeners left: 0'] });
    expect(daemon).to.deep.include({ code: 0, errors: '', lines: ['done', 'listeners left: 0'] });
  });
});
