import { execFileSync } from 'node:child_process';
import {
  clockLaws,
  handlerLaws,
  InvalidAdapterError,
  instrumentLaws,
  policyLaws,
  selectorLaws,
  strategyLaws,
} from '@escapement/conformance';
import { assert } from 'chai';
import { Mailbox, MailboxHandler, mailboxAdapter, parcelAdapter, Received } from './broken/mailboxes.js';
import { TimerHandler, timerAdapter } from './broken/timers.js';
import { Recorder } from './recorder.js';

/** What a program in JavaScript may pass. */
const any = (value: unknown) => value as never;
const idle = { describe: () => {}, it: Object.assign(() => {}, { skip: () => {} }) };

describe('conformance: an adapter that is wrong', () => {
  const handler = () => new MailboxHandler();
  const pending = () => ({ event: new Received(new Mailbox()), happen: () => {} });

  const wrong: Readonly<Record<string, [() => void, string]>> = {
    'no runner': [() => handlerLaws(any(undefined), { handler, pending }), 'handlerLaws({ describe, it }, adapter)'],
    'a runner that skips nothing': [
      () => strategyLaws(any({ describe: () => {}, it: () => {} }), any({})),
      'expected { describe, it } of your test runner, with it.skip',
    ],
    'no adapter': [() => policyLaws(idle, any(undefined)), 'policyLaws: got undefined as its adapter'],
    'no handler()': [() => handlerLaws(idle, any({ pending })), "the adapter's handler is undefined"],
    'no events': [() => handlerLaws(idle, { handler }), 'neither pending nor timed'],
    'a handler that is none': [
      () => handlerLaws(idle, any({ handler: () => 5, pending })),
      'returned 5, expected a handler',
    ],
    'a handler() that throws': [
      () => handlerLaws(idle, { handler: () => assert.fail('no database'), pending: any(pending) }),
      'handler() of the adapter threw: no database',
    ],
    'a strategy that is none': [() => strategyLaws(idle, any({ strategy: () => ({}) })), 'expected a strategy'],
    'a lateness that is none': [
      () => strategyLaws(idle, any({ strategy: () => ({}), late: 'a bit' })),
      `the adapter's late is "a bit", expected milliseconds`,
    ],
    'a policy that is none': [() => policyLaws(idle, any({ policy: () => [] })), 'expected a policy'],
    'an order of ties that is none': [
      () => policyLaws(idle, any({ policy: () => [], ties: 'fair' })),
      `the adapter's ties is "fair", expected 'first-come' or 'last-come'`,
    ],
    'a clock that is none': [() => clockLaws(idle, any({ clock: () => Date })), 'expected a Clock'],
    'no system calls': [() => selectorLaws(idle, any({ selector: () => ({}) })), 'Pass all of @escapement/posix'],
    'a selector that is none': [
      () =>
        selectorLaws(idle, {
          selector: any(() => ({})),
          system: any({ pipe() {}, read() {}, write() {}, close() {} }),
        }),
      'which has no watch, look',
    ],
    'an instrument without a hook': [() => instrumentLaws(idle, { instrument: () => ({}) }), 'an object with a hook'],
    'a seed that is none': [() => handlerLaws(idle, { handler, pending }, { seed: 0.5 }), 'got the seed 0.5'],
  };

  for (const [what, [define, message]] of Object.entries(wrong)) {
    it(`is refused by name at the door: ${what}`, () => {
      assert.throws(define, InvalidAdapterError, message);
    });
  }

  it('is named by the test that finds it, and is no fault of the plugin', async () => {
    const noHappen = new Recorder(runner =>
      handlerLaws(runner, { handler, pending: any(() => ({ event: pending().event })) }),
    );
    assert.match(String(await noHappen.run('H1')), /InvalidAdapterError.*no happen\(\)/);
    const strange = new Recorder(runner =>
      handlerLaws(runner, { handler, pending: any(() => ({ event: 'door', happen() {} })) }),
    );
    assert.match(
      String(await strange.run('H1')),
      /InvalidAdapterError.*"door", expected an event that the handler handles/,
    );
  });
});

describe('conformance: the value of an event', () => {
  const h1 = async (value: unknown) => {
    const suite = new Recorder(runner => handlerLaws(runner, parcelAdapter(value)));
    return (await suite.run('H1'))?.message;
  };

  it('is compared by its contents', async () => {
    assert.isUndefined(await h1({ item: 'item' }));
    const problem = 'H1 is broken: resolved with {"item":"item"}, not with ';
    assert.include(await h1({ item: 'ink' }), `${problem}{"item":"ink"}.`);
    assert.include(await h1({ item: 'item', count: 1 }), `${problem}{"item":"item","count":1}.`);
    assert.include(await h1(['item']), `${problem}["item"].`);
    assert.include(await h1(new Map([['item', 'item']])), `${problem}an object of class Map.`);
    assert.include(await h1(undefined), `${problem}undefined.`);
  });

  it('is judged by a function, if the adapter has one', async () => {
    assert.isUndefined(await h1(({ item }: { item: string }) => item.length === 4));
    assert.include(await h1(() => false), 'H1 is broken: resolved with {"item":"item"}, which value() refuses.');
    const throwing = () => assert.fail('no idea');
    assert.include(await h1(throwing), 'value of pending() of the adapter threw: no idea');
  });
});

describe('conformance: the suites', () => {
  it('list what they skip, with the reason', () => {
    const { skipped } = new Recorder(runner => handlerLaws(runner, mailboxAdapter()));
    assert.include(skipped.join('\n'), 'H8 settles no timed wait before its instant.');
    for (const title of skipped) assert.match(title, /^H\d+ .* \[skipped: .+\]$/);
  });

  it('test or skip each clause once, in the order of the contracts', () => {
    const { numbers, skipped } = new Recorder(runner =>
      handlerLaws(
        runner,
        timerAdapter(clock => new TimerHandler(clock)),
      ),
    );
    const all = [...numbers, ...skipped.map(title => title.split(' ')[0]!)];
    assert.sameMembers(
      all,
      Array.from({ length: 17 }, (_, index) => `H${index + 1}`),
    );
  });

  it('leave no wait armed, also if a law is broken: its timer would keep the process alive', async () => {
    class LastDeadline extends TimerHandler {
      override nextDeadline(): number {
        return this.entries.at(-1)?.until ?? Infinity;
      }
      /** Leaves it all to `disarm`. */
      override close(): void {}
      get left(): number {
        return this.entries.length;
      }
    }
    const made: LastDeadline[] = [];
    const suite = new Recorder(runner =>
      handlerLaws(
        runner,
        timerAdapter(clock => {
          const handler = new LastDeadline(clock);
          made.push(handler);
          return handler;
        }),
      ),
    );
    assert.match((await suite.run('H9'))!.message, /H9 is broken/);
    await suite.run('H7');
    assert.deepEqual(
      made.filter(({ left }) => left > 0),
      [],
    );
  });

  it('take the seed from the environment, and run under node:test without --expose-gc', () => {
    const program = `
      import { describe, it } from 'node:test';
      import { handlerLaws } from ${JSON.stringify(import.meta.resolve('@escapement/conformance'))};
      import { Mailbox, mailboxAdapter } from ${JSON.stringify(import.meta.resolve('./broken/mailboxes.js'))};
      class Lossy extends Mailbox { put() {} }
      handlerLaws({ describe, it }, mailboxAdapter(() => new Lossy()));`;
    const env = { ...process.env, CONFORMANCE_SEED: '77', NODE_OPTIONS: '' };
    let report = '';
    try {
      execFileSync(process.execPath, ['--input-type=module', '-e', program], { env, encoding: 'utf8' });
    } catch (error) {
      report = (error as { stdout: string }).stdout;
    }
    assert.include(report, 'H1 is broken: happen() was called, and the wait was not settled.');
    assert.include(report, 'CONFORMANCE_SEED=77 repeats the run');
    assert.include(report, 'the host exposes no gc()');
  }).timeout(30_000);
});
