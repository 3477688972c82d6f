import { expect } from 'chai';
import {
  BusyWaitStrategy,
  EventLoop,
  FifoPolicy,
  type LoopOptions,
  PerformanceClock,
  SleepHandler,
  sleepModule,
} from 'escapement';
import { JumpStrategy } from '../support/virtual-loop.js';

// What a loop gets is checked when it is built: with names, and with what to write.

function errorOf(options: unknown): Error & { code?: string } {
  try {
    new EventLoop(options as LoopOptions);
  } catch (error) {
    return error as Error;
  }
  return expect.fail('nothing was thrown');
}

describe('an option of a loop that is taken by its shape', () => {
  const strategy = new JumpStrategy();
  const withoutClose = { alias: 'odd', waits: 'spins', clock: strategy.clock, sleep() {} };
  const withoutPoll = Object.assign(new SleepHandler(strategy.clock), { poll: 5 });
  const wrong: [what: string, options: unknown, code: string, ...parts: string[]][] = [
    ['no options', undefined, 'ESC_INVALID_OPTIONS', 'got undefined for its options', '{ strategy, handlers }'],
    ['null', null, 'ESC_INVALID_OPTIONS', 'got null for its options'],
    ['modules instead of options', { load() {} }, 'ESC_INVALID_OPTIONS', 'Pass modules to createLoop'],
    ['a strategy instead of options', strategy, 'ESC_NO_STRATEGY'],
    [
      'the class of a strategy',
      { strategy: BusyWaitStrategy },
      'ESC_INVALID_OPTIONS',
      'Create an instance: new BusyWaitStrategy(',
    ],
    ['null as strategy', { strategy: null }, 'ESC_INVALID_OPTIONS', 'got null for its strategy'],
    ['a clock as strategy', { strategy: new PerformanceClock() }, 'ESC_INVALID_OPTIONS', 'a method sleep'],
    ['a strategy without close', { strategy: withoutClose }, 'ESC_INVALID_OPTIONS', 'SleepStrategy', 'a method close'],
    [
      'a strategy that sleeps',
      { strategy: Object.assign(new JumpStrategy(), { waits: 'sleeps' }) },
      'ESC_STRATEGY_FAILED',
      "'jump' has waits = \"sleeps\", expected 'spins', 'blocks', 'yields' or 'jumps'",
    ],
    [
      'a strategy without a clock',
      { strategy: Object.assign(new JumpStrategy(), { clock: null }) },
      'ESC_STRATEGY_FAILED',
      'has no clock',
    ],
    [
      'one handler',
      { strategy, handlers: new SleepHandler(strategy.clock) },
      'ESC_INVALID_OPTIONS',
      'for its handlers, expected an array',
    ],
    ['null as handlers', { strategy, handlers: null }, 'ESC_INVALID_OPTIONS', 'got null for its handlers'],
    [
      'a missing handler',
      { strategy, handlers: [undefined] },
      'ESC_INVALID_OPTIONS',
      'for its handler',
      'cycle of imports',
    ],
    ['the class of a handler', { strategy, handlers: [SleepHandler] }, 'ESC_INVALID_OPTIONS', 'new SleepHandler('],
    [
      'a module as handler',
      { strategy, handlers: [sleepModule] },
      'ESC_INVALID_OPTIONS',
      'Pass modules to createLoop(...)',
    ],
    ['a handler with a field poll', { strategy, handlers: [withoutPoll] }, 'ESC_INVALID_OPTIONS', 'a method poll'],
    ['null as policy', { strategy, policy: null }, 'ESC_INVALID_OPTIONS', 'got null for its policy'],
    ['the class of a policy', { strategy, policy: FifoPolicy }, 'ESC_INVALID_OPTIONS', 'new FifoPolicy('],
    ['a list as policy', { strategy, policy: [] }, 'ESC_INVALID_OPTIONS', 'a method add'],
    ['one instrument', { strategy, instruments: {} }, 'ESC_INVALID_OPTIONS', 'for its instruments, expected an array'],
    ['null as instrument', { strategy, instruments: [null] }, 'ESC_INVALID_OPTIONS', 'got null for its instrument'],
    [
      'a hook that is no function',
      { strategy, instruments: [{ stepStarted: 5 }] },
      'ESC_INVALID_OPTIONS',
      'stepStarted',
    ],
  ];
  for (const [what, options, code, ...parts] of wrong) {
    it(`is refused by name: ${what}`, () => {
      const error = errorOf(options);
      expect(error.code, error.stack).to.equal(code);
      for (const part of parts) expect(error.message).to.include(part);
    });
  }
});
