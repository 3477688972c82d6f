import { fstatSync } from 'node:fs';
import {
  EpollSelector,
  EpollStrategy,
  Interest,
  InvalidDescriptorError,
  IoHandler,
  readable,
  writable,
} from '@escapement/io';
import { close, PollList, pipe, write } from '@escapement/posix';
import { expect } from 'chai';
import { InvalidArgumentError, PerformanceClock, scope, sleep, spawn } from 'escapement';
import { badNumbers, nonsense } from '../support/bad-values.js';
import { givingBackDescriptors } from '../support/descriptors.js';
import { ioLoop, selectors, strategies } from './io-loop.js';

const NO_DESCRIPTORS = { ...badNumbers(), undefined: undefined, '-1': -1, '2^31': 2 ** 31 };

describe('io: what is no descriptor', () => {
  givingBackDescriptors();

  it('is refused by readable and writable, and stdin is not waited for', () => {
    for (const [what, fd] of Object.entries(NO_DESCRIPTORS)) {
      for (const event of [readable, writable]) {
        expect(() => event(fd as number), what).to.throw(InvalidDescriptorError, 'expected a whole number');
      }
    }
  });

  for (const [name, Kind] of Object.entries(selectors)) {
    it(`is refused by the ${name} selector, which watches nothing then`, () => {
      const { dev, ino } = fstatSync(0);
      const selector = new Kind();
      for (const [what, fd] of Object.entries(NO_DESCRIPTORS)) {
        expect(() => selector.watch(fd as number, Interest.read), what).to.throw(TypeError, 'as the descriptor');
      }
      const { reader, writer } = pipe();
      for (const interest of [4, -1, Number.NaN, undefined, 'read']) {
        expect(() => selector.watch(reader, interest as number)).to.throw(TypeError, 'as the events');
      }
      for (const duration of [Number.NaN, undefined, null, '5', {}, 5n]) {
        expect(() => selector.wait(duration as number)).to.throw(TypeError, 'as the timeout');
      }
      const list = new PollList();
      selector.describeTo(list);
      expect(list.count).to.equal(name === 'epoll' ? 1 : 0);
      write(writer, new Uint8Array(1));
      expect(selector.wait(0)).to.equal(0);
      selector.close();
      close(reader);
      close(writer);
      expect(fstatSync(0)).to.include({ dev, ino });
    });
  }
});

describe('io: what is no selector', () => {
  it('is refused by the handler and by the strategy that need one', () => {
    const clock = new PerformanceClock();
    const given = { ...nonsense(), undefined: undefined, 'the class': EpollSelector, 'a clock': clock };
    for (const [what, selector] of Object.entries(given)) {
      if (what === 'a hostile proxy') continue;
      expect(() => new IoHandler(selector as never), what).to.throw(InvalidArgumentError, 'new IoHandler got');
      expect(() => new EpollStrategy(clock, selector as never), what).to.throw(
        InvalidArgumentError,
        'expected a Selector, such as new EpollSelector()',
      );
    }
  });
});

/** In milliseconds: the low 32 bits are 5, a negative number, and 0. */
const LONG = [2 ** 32 + 5, 2 ** 31, 2 ** 31 - 1, 30 * 86_400_000, 2 ** 33, 2 ** 53, 1e300];

describe('io: a wait of more than 24 days', () => {
  for (const name of Object.keys(strategies)) {
    for (const [selector, Kind] of Object.entries(selectors)) {
      it(`neither ends early nor spins under ${name} with the ${selector} selector`, async () => {
        const { loop, counts } = ioLoop(name, Kind);
        await loop.run(function* () {
          const { reader, writer } = pipe();
          let early = 0;
          yield* scope(function* () {
            for (const duration of LONG) {
              const sleeper = function* () {
                yield* sleep(duration);
                early++;
              };
              yield* spawn(sleeper(), { daemon: true });
            }
            yield* spawn(function* () {
              yield* sleep(50);
              write(writer, new Uint8Array(1));
            });
            yield* readable(reader);
          });
          expect(early).to.equal(0);
          close(reader);
          close(writer);
        });
        // The loop polls once a millisecond until its thread is up; busy-wait sleeps for some microseconds each time.
        if (name !== 'busy-wait') expect(counts.sleeps).to.be.below(200);
      });
    }
  }
});
