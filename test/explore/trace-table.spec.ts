import { stripVTControlCharacters } from 'node:util';
import { traceTable } from '@escapement/explore';
import { assert } from 'chai';
import stringWidth from 'string-width';
import { crowd, lockOrder, lostUpdate, traceOf } from './made-up-traces.js';

describe('the table of a trace', () => {
  it('has a column for each task and a row for each step, and marks the pair', () => {
    assert.equal(
      traceTable(lostUpdate(), { width: 110 }),
      `
←3: made ready by step 3. Lines are those of bank.ts.
  step  ms  program                          first                            second
     0   0  starts                           ·                                ·
            → line 20: join of all children
     1      ·                                starts ←0 → line 12: pause       ·
   ▶ 2      ·                                ·                                starts ←0 → line 12: pause
   ▶ 3      ·                                line 12 → ends                   ·
     4      ·                                ·                                line 12 → ends
     5      line 20 ←4 → ends                ·                                ·`.trim(),
    );
  });

  it('is never wider than the columns that it is given, also with names in wide letters', () => {
    const wide = traceOf(
      ['程序', '一个名字很长的任务，比它的列还要宽得多', 'e\u0301\u0301🏳️‍🌈'.repeat(20)],
      [
        { task: 1, cause: 'spawned', to: '主程序:1', waitsFor: '等待所有子任务结束，然后再继续'.repeat(5) },
        { task: 2, cause: 'spawned', by: 0 },
        { task: 3, cause: 'spawned', by: 0 },
      ],
    );
    for (const width of [40, 60, 80, 133]) {
      for (const trace of [lostUpdate(), lockOrder(), crowd(30, 200), crowd(1000, 3000), wide]) {
        for (const line of traceTable(trace, { width }).split('\n')) assert.isAtMost(stringWidth(line), width, line);
      }
    }
  });

  it('names the file of a line that is not in the main file, and shows the line of the user, not that of a library', () => {
    const here = { name: 'add', where: `${process.cwd()}/src/bank.ts:12:5` };
    const library = { name: 'with', where: 'file:///app/node_modules/@escapement/sync/bundle/index.js:400:9' };
    const other = { name: 'log', where: 'src/log.ts:7:1' };
    const { tasks, steps, ...rest } = traceOf(['program'], [{ task: 1 }, { task: 1 }, { task: 1 }]);
    const table = traceTable({
      ...rest,
      tasks,
      steps: [
        { ...steps[0]!, stoppedAt: [library, here], waitsFor: 'a lock' },
        { ...steps[1]!, resumedAt: [library, here], stoppedAt: [here], waitsFor: 'pause' },
        { ...steps[2]!, resumedAt: [other] },
      ],
    });
    assert.include(table, 'Lines are those of src/bank.ts.');
    assert.include(table, 'starts → line 12: a lock');
    assert.include(table, 'line 12 → line 12: pause');
    assert.include(table, 'log.ts:7 → ends');
  });

  it('of many tasks shows those of the pair and those that woke them, and counts the steps of the others', () => {
    const table = traceTable(crowd(20, 300), { width: 80 });
    assert.match(table, /^ *step +ms +writer +reader$/m);
    assert.match(table, /^ +… +150 steps of 17 other tasks$/m);
    assert.match(table, /^ ▶ 150 +150 +line 12/m);
  });

  it('of many tasks without a pair shows the one that was cancelled first', () => {
    const names = Array.from({ length: 10 }, (_, index) => `task ${index}`);
    const busy = names.flatMap((_, index) => (index === 8 ? [] : [{ task: index + 1 }, { task: index + 1 }]));
    const trace = traceOf(names, [...busy, { task: 9, cause: 'cancelled' }, { task: 1, cause: 'cancelled' }]);
    assert.match(traceTable(trace), /task 8/);
  });

  it('leaves out the tasks that do not matter for the order of the pair', () => {
    const { tasks, ...rest } = lostUpdate();
    const trace = { ...rest, tasks: tasks.map(task => ({ ...task, matters: task.id !== 1 })) };
    const table = traceTable(trace);
    assert.notInclude(table, 'program');
    assert.include(table, '1 step of 1 other task');
    assert.include(traceTable({ ...trace, pair: undefined }), 'program');
  });

  it('of a long run shows what is nearest to the pair and to the end', () => {
    const steps = Array.from({ length: 1000 }, () => ({ task: 1, from: 'a:1', to: 'a:1', waitsFor: 'pause' }));
    const rows = traceTable(traceOf(['program'], steps, { pair: [300, 310] }))
      .split('\n')
      .slice(2);
    assert.isAtMost(rows.length, 64);
    assert.match(rows[0]!, /… +28\d steps of 1 task$/);
    assert.match(rows.at(-1)!, /^ +999 /);
    assert.lengthOf(
      rows.filter(row => row.includes('▶')),
      2,
    );
  });

  it('shows how a task was cancelled, and a name of nothing but harm', () => {
    const table = traceTable(
      traceOf(
        ['pro\u001b[31m\ngram\u202e', '\u0007'],
        [
          { task: 1, cause: 'spawned', to: 'a:1', waitsFor: 'sleep\nfor \u001b]0;x\u0007 1 ms' },
          { task: 2, cause: 'cancelled', by: 0 },
          { task: 1, cause: 'cancelled', by: 1, from: 'a:1' },
        ],
      ),
    );
    assert.match(table, /pro gram +task 2$/m);
    assert.match(table, /starts → line 1: sleep for 1 ms/);
    assert.include(table, 'cancelled ←0 → ends');
    assert.include(table, 'cancelled at line 1 ←1 → ends');
    assert.notMatch(table, /[^\P{Cc}\n]/u);
  });

  it('has colours only if asked to, and the same text then', () => {
    const plain = traceTable(lockOrder());
    const coloured = traceTable(lockOrder(), { colours: true });
    assert.equal(stripVTControlCharacters(plain), plain);
    assert.notEqual(coloured, plain);
    const lines = (text: string) =>
      stripVTControlCharacters(text)
        .split('\n')
        .map(line => line.trimEnd());
    assert.deepEqual(lines(coloured), lines(plain));
  });

  it('of a run without a step is empty', () => {
    assert.notInclude(traceTable(traceOf([], [])), 'undefined');
  });
});
