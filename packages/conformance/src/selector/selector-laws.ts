import { describe } from '@escapement/core';
import { demand } from '../laws/errors.js';
import { median, realNow } from '../laws/host.js';
import { checkRunner, defineSuite, type LawOptions, type Runner, seedOf } from '../laws/suite.js';
import {
  CALLER,
  checkSelectorAdapter,
  makeSelector,
  type SelectorAdapter,
  type SelectorLaw,
  type SelectorLike,
} from './selector-adapter.js';
import { NONE, READ, SelectorTrial, WRITE } from './selector-trial.js';

/** A law whose check gets a trial, which is closed whatever happens. */
function law(number: string, rule: string, why: string, check: (trial: SelectorTrial) => void, isStatistical = false) {
  const inTrial: SelectorLaw['check'] = ({ adapter }) => {
    const trial = new SelectorTrial(adapter);
    try {
      check(trial);
    } finally {
      trial.close();
    }
  };
  return { number, rule, why, isStatistical, check: inTrial };
}

const reportsReady = law(
  'D1',
  'reports a descriptor that is ready, for what it is watched for alone',
  'the handler resumes the tasks that wait for it',
  trial => {
    const { reader, writer } = trial.pipe();
    demand(trial.selector.watch(reader, READ), 'watch() of a pipe returned false: it is not always ready');
    trial.selector.watch(writer, WRITE);
    demand(trial.reports(writer, WRITE), 'look() did not report that there is room to write');
    demand(!trial.look().has(reader), 'look() reported a pipe as readable that is empty');
    trial.write(writer);
    demand(trial.reports(reader, READ), 'look() did not report that there is something to read');
    const ready = trial.look().get(reader);
    demand(ready === READ, () => `reported ${describe(ready)} for a descriptor that is watched for reading (1)`);
  },
);

const isLevelTriggered = law(
  'D2',
  'reports a ready descriptor again and again, until it is not ready any more',
  'a task may read a part only, and wait for the rest',
  trial => {
    const { reader, writer } = trial.pipe();
    trial.selector.watch(reader, READ);
    trial.write(writer);
    for (let n = 1; n <= 4; n++)
      demand(trial.reports(reader, READ), `was reported ${n - 1} times, and then not any more`);
    trial.drain(reader);
    trial.look();
    demand(!trial.look().has(reader), 'was still reported when everything had been read');
  },
);

const looksQuickly = law(
  'D3',
  'never blocks in look',
  'the loop looks once a turn, and every task waits meanwhile',
  trial => {
    trial.selector.watch(trial.pipe().reader, READ);
    const times: number[] = [];
    for (let n = 0; n < 30; n++) times.push(took(() => trial.selector.look()));
    demand(median(times) < 2, () => `look() with nothing ready typically took ${median(times).toFixed(1)} ms`);
  },
  true,
);

/** As often `wait` may return early in 20 milliseconds. */
const MOST_EARLY = 40;

const waits = law(
  'D4',
  'waits until a descriptor is ready, for the given duration at most, and not busily',
  'a strategy sleeps in it: whoever is due after that duration must not be late',
  trial => {
    const { reader, writer } = trial.pipe();
    trial.selector.watch(reader, READ);
    for (const duration of [0, 0.3, 10]) {
      const time = took(() => trial.selector.wait(duration));
      demand(time < duration + 60, () => `wait(${duration}) took ${time.toFixed(1)} ms`);
    }
    const start = realNow();
    let calls = 0;
    for (; realNow() - start < 20 && calls < MOST_EARLY; calls++) trial.selector.wait(20);
    demand(calls < MOST_EARLY, () => `wait(20) returned ${calls} times within 20 ms, with nothing ready`);
    trial.write(writer);
    let count = 0;
    const time = took(() => {
      count = trial.selector.wait(400);
    });
    demand(time < 100 && count > 0, () => `wait(400) took ${time.toFixed(0)} ms and found ${count}, with one ready`);
  },
  true,
);

const keepsWhatItFound = law(
  'D5',
  'returns from look what the last wait found',
  'otherwise each sleep would cost a second system call',
  trial => {
    const { reader, writer } = trial.pipe();
    trial.selector.watch(reader, READ);
    trial.write(writer);
    const inWait = trial.found(trial.selector.wait(200));
    demand(inWait.get(reader) === READ, 'wait() did not find a descriptor that was ready');
    trial.drain(reader);
    demand(trial.look().get(reader) === READ, 'look() after wait() did not return what that had found');
  },
);

const forgets = law(
  'D6',
  'watches a descriptor no more once its interest is none, and never fails at that',
  'the handler removes descriptors that are closed already',
  trial => {
    const { reader, writer } = trial.pipe();
    trial.selector.watch(reader, READ);
    trial.write(writer);
    trial.selector.watch(reader, NONE);
    demand(!trial.look().has(reader), 'look() reported a descriptor that was removed');
    trial.selector.watch(reader, NONE);
    trial.selector.watch(writer, NONE);
    trial.selector.watch(reader, READ);
    trial.closeFd(reader);
    trial.selector.watch(reader, NONE);
    demand(!trial.look().has(reader), 'look() reported a descriptor that was closed and removed');
  },
);

const dropsOldState = law(
  'D7',
  'does not report the old state of a descriptor that is watched anew between wait and look',
  'the number may belong to another file by then',
  trial => {
    const { reader, writer } = trial.pipe();
    const other = trial.pipe();
    trial.selector.watch(reader, READ);
    trial.selector.watch(other.reader, READ);
    for (const isRemoved of [true, false]) {
      trial.write(writer);
      trial.selector.wait(100);
      trial.drain(reader);
      if (isRemoved) trial.selector.watch(reader, NONE);
      trial.selector.watch(reader, READ);
      demand(!trial.look().has(reader), 'look() reported what wait() had found before the descriptor was watched anew');
    }
  },
);

const refuses = law(
  'D8',
  'throws EBADF for a descriptor that is not open',
  'the task that waits for it would wait for ever',
  trial => {
    const { reader } = trial.pipe();
    trial.closeFd(reader);
    let code: unknown;
    try {
      trial.selector.watch(reader, READ);
    } catch (error) {
      code = (error as { code?: unknown }).code;
    }
    demand(code === 'EBADF', () => `watch() of a closed descriptor ended with ${describe(code)}, expected EBADF`);
  },
);

const takesTheLast = law(
  'D9',
  'goes by the last interest, and by the file that the number belongs to now',
  'the handler repeats a watch to check that a number still belongs to the same file',
  trial => {
    const { reader, writer } = trial.pipe();
    trial.selector.watch(writer, READ);
    trial.selector.watch(writer, WRITE);
    demand(trial.reports(writer, WRITE), 'the second interest was not taken');
    trial.selector.watch(writer, WRITE);
    demand(trial.reports(writer, WRITE), 'after a repeated watch() the descriptor was not reported');
    trial.selector.watch(reader, READ);
    trial.closeFd(reader);
    const next = trial.pipe();
    if (next.reader !== reader) return;
    trial.selector.watch(reader, READ);
    trial.write(next.writer);
    demand(trial.reports(reader, READ), 'a number that belongs to another file now was not reported');
  },
);

const tellsOfChanges = law(
  'D10',
  'raises its version when the list of describeTo changes, and describes what another thread has to poll',
  'the thread that polls while the loop sleeps reads the list only if the version has changed',
  trial => {
    const { reader, writer } = trial.pipe();
    const states: { list: string; version: number }[] = [];
    const note = () => states.push({ list: listOf(trial.selector), version: trial.selector.version });
    trial.selector.watch(reader, READ);
    note();
    demand(states[0]!.list !== '', 'describeTo() added nothing although a descriptor is watched');
    trial.selector.watch(writer, WRITE);
    note();
    trial.selector.watch(writer, NONE);
    note();
    trial.selector.watch(reader, READ | WRITE);
    note();
    trial.selector.close();
    trial.selector.watch(writer, WRITE);
    note();
    for (const [index, { list, version }] of states.entries()) {
      const before = states[index - 1];
      if (before === undefined || before.list === list) continue;
      demand(
        version > before.version,
        () => `the list changed from ${before.list} to ${list}, its version stayed ${version}`,
      );
    }
  },
);

/** As text: descriptor and events of each entry. */
function listOf(selector: SelectorLike): string {
  const entries: string[] = [];
  selector.describeTo({ add: (fd, events) => entries.push(`${fd}/${events}`) });
  return entries.sort().join(' ');
}

const worksAgain = law(
  'D11',
  'works again after close, which may be called twice, and leaves no descriptor open',
  'a loop closes it after each run, once by the handler and once by the strategy',
  trial => {
    const lowest = lowestFree(trial);
    for (let run = 0; run < 3; run++) {
      const { reader, writer } = trial.pipe();
      trial.selector.watch(reader, READ);
      demand(!trial.look().has(reader), 'reported in a later run what was ready in an earlier one');
      trial.write(writer);
      demand(trial.reports(reader, READ), `reported nothing in run ${run + 1}`);
      trial.selector.wait(0);
      trial.selector.close();
      trial.selector.close();
      demand(!trial.look().has(reader), 'look() after close() reported a descriptor');
      trial.closeFd(reader);
      trial.closeFd(writer);
    }
    demand(lowestFree(trial) === lowest, 'a descriptor is still open after close()');
  },
);

/** The system gives out the lowest numbers that are free. */
function lowestFree(trial: SelectorTrial): string {
  const pipes = Array.from({ length: 8 }, () => trial.pipe());
  for (const { reader, writer } of pipes) for (const fd of [reader, writer]) trial.closeFd(fd);
  return pipes.map(({ reader, writer }) => `${reader} ${writer}`).join(' ');
}

const reportsHangUps = law(
  'D12',
  'reports a hang-up as ready',
  'the read then tells the task that the other side has ended',
  trial => {
    const { reader, writer } = trial.pipe();
    trial.selector.watch(reader, READ);
    trial.closeFd(writer);
    demand(trial.reports(reader, READ), 'look() did not report a pipe whose writer was closed');
  },
);

function took(call: () => void): number {
  const start = realNow();
  call();
  return realNow() - start;
}

/**
 * Defines a test for each law of a `Selector` of `@escapement/io`: clauses D1 to D12 of the contracts.
 *
 * @throws InvalidAdapterError
 * @example
 * import * as posix from '@escapement/posix';
 * import { describe, it } from 'node:test';
 * selectorLaws({ describe, it }, { selector: () => new PollSelector(), system: posix });
 */
export function selectorLaws<S extends SelectorLike>(
  runner: Runner,
  adapter: SelectorAdapter<S>,
  options: LawOptions = {},
): void {
  checkRunner(CALLER, runner);
  checkSelectorAdapter(adapter);
  const selector = makeSelector(adapter);
  const { name } = selector.constructor;
  const laws = [
    reportsReady,
    isLevelTriggered,
    looksQuickly,
    waits,
    keepsWhatItFound,
    forgets,
    dropsOldState,
    refuses,
    takesTheLast,
    tellsOfChanges,
    worksAgain,
    reportsHangUps,
  ];
  defineSuite(runner, `${name} keeps the laws of a selector`, laws, { adapter, seed: seedOf(CALLER, options) });
}
