import { spawn } from '@escapement/core';
import { demand, LawBrokenError } from '../laws/errors.js';
import { median } from '../laws/host.js';
import { Random } from '../laws/random.js';
import type { HandlerLaw, HandlerSubject } from './handler-adapter.js';
import { overrides } from './observed-handler.js';
import { crowdsOfTimers } from './scenarios.js';
import { Stage } from './stage.js';

/** In milliseconds. */
const LONGEST_POLL = 2;

const pollsQuickly: HandlerLaw = {
  number: 'H7',
  rule: 'never blocks in poll',
  why: 'the loop polls once a turn, and every task waits meanwhile',
  isStatistical: true,
  inapplicable: ({ handler }) => (overrides(handler, 'poll') ? undefined : 'it has no poll()'),
  async check({ adapter }) {
    const stage = new Stage(adapter);
    await stage
      .run(function* (root) {
        if (adapter.pending !== undefined) yield* spawn(stage.pending().event);
        else stage.watch(root, stage.timed(stage.clock.now() + 1e6), { resolved: () => {}, rejected: () => {} });
        for (let n = 0; n < 10; n++) yield* stage.turns();
        root.cancel();
      })
      .catch(ignoreCancellation);
    const typical = median(stage.seen.pollTimes);
    demand(typical <= LONGEST_POLL, () => `poll() with nothing to settle typically took ${typical.toFixed(1)} ms`);
  },
};

function ignoreCancellation(error: unknown): void {
  if (!(error instanceof LawBrokenError) || !/cancel/i.test(error.message)) throw error;
}

const neverEarly: HandlerLaw = {
  number: 'H8',
  rule: 'settles no timed wait before its instant',
  why: 'a program that sleeps until an instant may read there what is not valid before',
  inapplicable: withoutTimers,
  async check({ adapter, seed }) {
    const stage = new Stage(adapter);
    await stage.run(function* (root) {
      yield* crowdsOfTimers(stage, root, new Random(seed), {
        settled({ due, serial }) {
          const now = stage.clock.now();
          demand(now >= due, () => `settled wait ${serial}, due at ${due}, at ${now}: ${due - now} ms early`);
        },
      });
    });
  },
};

const deadlineInTime: HandlerLaw = {
  number: 'H9',
  rule: 'names a deadline that is never later than its earliest timed wait',
  why: 'the loop sleeps until that deadline, and what is due before it is late',
  inapplicable: withoutTimers,
  async check({ adapter, seed }) {
    const stage = new Stage(adapter);
    await stage.run(function* (root) {
      yield* crowdsOfTimers(stage, root, new Random(seed), {
        sleeping(until, pending) {
          for (const { due, serial } of pending) {
            demand(until <= due, () => `the loop sleeps until ${until}, and wait ${serial} is due at ${due}`);
          }
        },
      });
    });
  },
};

function withoutTimers({ adapter, isVirtual }: HandlerSubject): string | undefined {
  if (adapter.timed === undefined) return 'the adapter has no timed()';
  return isVirtual ? undefined : 'its time is not the clock of the loop: it needs the host or another thread';
}

export const timeLaws: readonly HandlerLaw[] = [pollsQuickly, neverEarly, deadlineInTime];
