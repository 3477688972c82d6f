import { expect } from 'chai';
import {
  all,
  allSettled,
  any,
  deadline,
  group,
  type LoopEvent,
  map,
  moveOnAfter,
  race,
  type SleepFor,
  scope,
  shield,
  sleep,
  spawn,
  supervise,
  timeout,
  type Yieldable,
} from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';

type CleanUp = (cleanup: () => Yieldable<void, SleepFor>) => Yieldable<unknown, LoopEvent>;

/** What a task does in its `finally`, after it was cancelled. */
function cleansUpWith(cleanUp: CleanUp) {
  const { loop, warnings } = virtualLoop();
  let hasCleanedUp = false;
  function* cleanup() {
    yield* sleep(1);
    hasCleanedUp = true;
  }
  loop.runSync(function* main() {
    const worker = yield* spawn(function* worker() {
      try {
        yield* sleep(1000);
      } finally {
        yield* cleanUp(cleanup) as Yieldable<unknown, SleepFor>;
      }
    });
    yield* sleep(1);
    worker.cancel();
  });
  return { hasCleanedUp, warnings: warnings.map(({ message }) => message) };
}

describe('a limit around a shield in a cancelled task', () => {
  const AROUND: Readonly<Record<string, CleanUp>> = {
    timeout: cleanup => timeout(30, shield(cleanup)),
    deadline: cleanup => deadline(30, shield(cleanup)),
    moveOnAfter: cleanup => moveOnAfter(30, shield(cleanup)),
    scope: cleanup => scope(shield(cleanup)),
    supervise: cleanup => supervise(shield(cleanup)),
    group: cleanup => group(() => shield(cleanup)),
    all: cleanup => all([shield(cleanup)]),
    allSettled: cleanup => allSettled([shield(cleanup)]),
    race: cleanup => race([shield(cleanup)]),
    any: cleanup => any([shield(cleanup)]),
    map: cleanup => map([1], () => shield(cleanup)),
  };

  for (const [name, around] of Object.entries(AROUND)) {
    it(`does not run the clean-up, and the warning says so: ${name}`, () => {
      const { hasCleanedUp, warnings } = cleansUpWith(around);
      expect(hasCleanedUp).to.equal(false);
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.include(
        `task "worker" was cancelled, but went on and waited for ${name}(), which does not start in a cancelled task.`,
      );
      expect(warnings[0]).to.include('as the outermost: shield(timeout(1000, cleanup))');
    });

    it(`belongs inside of it: shield(${name}(...))`, () => {
      const { hasCleanedUp, warnings } = cleansUpWith(cleanup => shield(around(cleanup)));
      expect(hasCleanedUp).to.equal(true);
      expect(warnings).to.deep.equal([]);
    });
  }

  it('is named in a dump by what the program has called', () => {
    const { loop } = virtualLoop();
    let dump = '';
    loop.runSync(function* main() {
      yield* spawn(timeout(5, sleep(1)), { name: 'worker' });
      yield* sleep(0);
      dump = loop.dump();
    });
    expect(dump).to.include('task "worker" waits for timeout()');
  });
});
