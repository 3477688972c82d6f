import { expect } from 'chai';
import {
  BusyWaitStrategy,
  type Clock,
  EventLoop,
  InvalidArgumentError,
  InvalidTimeError,
  retry,
  SleepHandler,
  sleep,
  sleepUntil,
  spawn,
} from 'escapement';
import { VirtualClock, virtualLoop } from '../support/virtual-loop.js';

async function errorOf(promise: Promise<unknown>): Promise<AggregateError & { cause?: unknown }> {
  try {
    throw new Error(`the value ${await promise}`);
  } catch (error) {
    return error as AggregateError;
  }
}

describe('an instant before all others', () => {
  it('is due at once, and the later ones are, too', async () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    const sleeper = (until: number) =>
      function* () {
        yield* sleepUntil(until);
        log.push(`${until}`);
      };
    await loop.run(function* () {
      for (const until of [-Infinity, 5, -1e300, -(2 ** 60), 1e9]) yield* spawn(sleeper(until));
    });
    expect(log).to.deep.equal(['-Infinity', '-1e+300', `${-(2 ** 60)}`, '5', '1000000000']);
    expect(clock.time).to.equal(1e9);
  });
});

describe('a clock', () => {
  it('that stands still under a strategy that spins ends the run with a clear error', async () => {
    const clock = new VirtualClock();
    const loop = new EventLoop({ strategy: new BusyWaitStrategy(clock), handlers: [new SleepHandler(clock)] });
    expect(await errorOf(loop.run(sleep(5)))).to.have.property('code', 'ESC_STRATEGY_STALLED');
  });

  it('that a SleepHandler was not given is asked for when it is made', () => {
    expect(() => new SleepHandler(undefined as unknown as Clock)).to.throw(InvalidArgumentError, 'new SleepHandler');
  });
});

describe('an option of retry that fails', () => {
  const failure = new Error('of the attempt');
  function* attempt(): Generator<never, void> {
    throw failure;
  }

  it('does not hide the error of the attempt', async () => {
    const { loop } = virtualLoop();
    const second = new Error('of the option');
    const fail = (): never => {
      throw second;
    };
    for (const options of [{ when: fail }, { backoff: fail }]) {
      const error = await errorOf(loop.run(() => retry(attempt, options)));
      expect(error.errors).to.deep.equal([failure, second]);
    }
    const invalid = await errorOf(loop.run(() => retry(attempt, { backoff: () => Number.NaN })));
    expect(invalid).to.be.an.instanceof(InvalidTimeError).with.property('cause', failure);
    const promise = await errorOf(loop.run(() => retry(attempt, { when: (async () => true) as never })));
    expect(promise).to.be.an.instanceof(InvalidArgumentError).with.property('cause', failure);
  });

  it('by throwing the error of the attempt on: that is thrown, as it is', async () => {
    const { loop } = virtualLoop();
    const when = (error: unknown): never => {
      throw error;
    };
    expect(await errorOf(loop.run(() => retry(attempt, { when })))).to.equal(failure);
  });
});
