import { Divergence, failureText } from '@escapement/explore';
import { assert } from 'chai';
import { failureOf } from './made-up-failure.js';
import { lostUpdate } from './made-up-traces.js';

/** Its constructor is not public. */
const MadeUp = Divergence as unknown as new (...args: unknown[]) => Divergence;

describe('the text of a failure', () => {
  it('tells the error, the line to paste, the pair with its stacks, and the run', () => {
    const text = failureText(failureOf(lostUpdate()));
    assert.equal(
      text.slice(0, text.indexOf('←3')),
      `
Error: expected 1 to equal 2
"loses no update" failed in run 12 (30 switches, shrunk to 1). This line repeats it:
    replay(program, 'x1-2.0.0:loses-no-update')

The order of two steps decides: 2 before 3 fails, 3 before 2 passes.
▶ step 2, at 0 ms: second was spawned by step 0, and starts, up to
    add     bank.ts:12:5
    second  bank.ts:32:5
▶ step 3, at 0 ms: first had paused, and goes on at
    add    bank.ts:12:5
    first  bank.ts:31:5

`.trimStart(),
    );
    assert.match(text, /▶ 3 .* line 12 → ends/);
  });

  it('tells the decision where no pair decides, and that none is needed where there is no decision either', () => {
    const trace = { ...lostUpdate(), pair: undefined };
    const decision = {
      kind: 'cancel',
      what: 'task "worker" is cancelled after step 4',
      after: 4,
      otherwise: 'passes',
    } as const;
    assert.include(
      failureText(failureOf(trace, { decision })),
      'It fails because task "worker" is cancelled after step 4.',
    );
    const shrunk = { deviations: 0, switches: 0, steps: 5 };
    assert.include(failureText(failureOf(trace, { shrunk })), 'It needs no switch and no other choice');
  });

  it('does not say that it fails without any switch if it was not shrunk, or is not deterministic', () => {
    const trace = { ...lostUpdate(), pair: undefined };
    const text = failureText(failureOf(trace));
    assert.notInclude(text, 'It needs no switch');
    assert.include(text, 'It was not shrunk');
    const shrunk = { deviations: 0, switches: 0, steps: 5 };
    const divergence = new MadeUp([]);
    assert.notInclude(failureText(failureOf(trace, { shrunk, divergence })), 'It needs no switch');
  });

  it('counts switches and other choices apart', () => {
    const textOf = (found: [number, number], shrunk: [number, number]) => {
      const [one, other] = [found, shrunk].map(([deviations, switches]) => ({ deviations, switches, steps: 5 }));
      return failureText(failureOf(lostUpdate(), { found: one!, shrunk: other! })).split('\n')[1];
    };
    assert.include(textOf([3, 3], [1, 1]), '(3 switches, shrunk to 1)');
    assert.include(textOf([5, 1], [1, 0]), '(1 switch and 4 other choices, shrunk to 0 and 1)');
    assert.include(textOf([1, 0], [0, 0]), '(0 switches and 1 other choice, shrunk to 0 and 0)');
  });

  it('tells where the program was not deterministic', () => {
    const site = { name: 'add', where: 'bank.ts:13:9' };
    const calls = [{ what: 'Math.random', task: 'first', step: 3, site }];
    const text = failureText(
      failureOf(lostUpdate(), { divergence: new MadeUp(calls, { step: 3, task: 'first', site }) }),
    );
    assert.match(text, /not deterministic: .*step 3.*Math\.random at bank\.ts:13:9/);
  });

  it('has the whole message of the error, without what a terminal would obey', () => {
    const message = `one\n  two \u001b[31m${'long '.repeat(100)}end`;
    const text = failureText(failureOf({ ...lostUpdate(), error: new RangeError(message) }));
    assert.include(text, `RangeError: one\n  two ${'long '.repeat(100)}end\n`);
  });

  it('shows what was thrown although it is no error', () => {
    assert.match(failureText(failureOf({ ...lostUpdate(), error: 'nonsense' })), /^thrown: "nonsense"$/m);
    assert.match(failureText(failureOf({ ...lostUpdate(), error: new TypeError('') })), /^thrown: TypeError$/m);
  });
});
