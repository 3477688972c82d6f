import { expect } from 'chai';
import { EventLoop, pause, spawn, warn } from 'escapement';
import { SignalHandler } from '../support/signal-event.js';
import { JumpStrategy, virtualLoop } from '../support/virtual-loop.js';

const debugLoop = () => virtualLoop({ handlers: [new SignalHandler()], debug: true });

describe('a warning', () => {
  it('goes to the instruments, at once', () => {
    const { loop, warnings } = debugLoop();
    loop.runSync(function* main() {
      yield* warn('POOL_EXHAUSTED', 'all are taken');
      expect(warnings.map(({ code, message, task }) => [code, message, task?.name])).to.deep.equal([
        ['POOL_EXHAUSTED', 'all are taken', 'main'],
      ]);
    });
  });

  it('goes to the console without an instrument that has the hook', () => {
    const { warn: original } = console;
    const lines: unknown[] = [];
    console.warn = line => lines.push(line);
    try {
      new EventLoop({ strategy: new JumpStrategy() }).runSync(warn('POOL_EXHAUSTED', 'all are taken'));
    } finally {
      console.warn = original;
    }
    expect(lines).to.deep.equal(['POOL_EXHAUSTED: all are taken']);
  });

  it('with debug names the task of a slow step', () => {
    const { loop, clock, warnings } = debugLoop();
    loop.runSync(function* () {
      yield* spawn(
        (function* () {
          clock.time += 99;
          yield* pause();
          clock.time += 150;
        })(),
        { name: 'cruncher' },
      );
    });
    expect(warnings.map(({ code }) => code)).to.deep.equal(['ESC_SLOW_STEP']);
    expect(warnings[0]?.message).to.include('task "cruncher" ran for 150.0 ms without a suspension');
  });
});
