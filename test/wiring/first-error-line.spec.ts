import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { root } from '../architecture/workspace.js';

/** Wrong programs, one per line, and the events that the compiler should name. */
const WRONG: readonly (readonly [program: string, events: string])[] = [
  ['loop.run(bell)', 'Bell'],
  ['loop.runSync(bell)', 'Bell'],
  ['loop.spawn(bell)', 'Bell'],
  ['loop.run(bell())', 'Bell'],
  ['loop.run(new Bell())', 'Bell'],
  ['loop.run(() => new Bell())', 'Bell'],
  ['loop.run(function* () { yield* sleep(1); yield* new Bell(); })', 'Bell'],
  ['loop.run(function* () { yield* spawn(function* () { yield* scope(bell); }); })', 'Bell'],
  ['loop.run(function* () { yield* timeout(5, all([bell, lamp])); })', 'Bell | Lamp'],
  ['loop.run(crowd)', 'Bell'],
  ['bare.run(sleep(1))', 'SleepFor'],
  ['bare.runSync(bell)', 'SleepFor | Bell'],
  ['createLoop(busyWaitModule).run(bell)', 'SleepFor | Bell'],
];

/** The same for what is spawned into a group, whose type has to name the events. */
const WRONG_IN_GROUPS: readonly (readonly [program: string, events: string])[] = [
  ['group(function* (tasks) { tasks.spawn(sleep(5)); })', 'SleepFor'],
  ['group(function* (tasks: TaskGroup<Sleep>) { tasks.spawn(sleep(5)); })', 'SleepFor'],
  ['group(function* (tasks: TaskGroup<TimeEvent>) { tasks.spawn(bell); })', 'Bell'],
  ['group(function* (tasks: TaskGroup<Lamp>) { tasks.spawn(bell()); })', 'SleepFor | Bell'],
];

/** Programs that yield what is no event, or any event: then there is none to name. */
const NAMELESS: readonly string[] = [
  'loop.run(function* () { yield bell(); })',
  'loop.run(function* () { const rung: string = yield bell(); return rung; })',
  'loop.runSync(function* () { yield Promise.resolve(); })',
  'loop.spawn(anything)',
];

const PREFACE = `import { all, busyWaitModule, createLoop, currentTask, EventHandler, type EventLoop, group, LoopEvent, now, pause, scope, type Sleep, sleep, sleepModule, sleepUntil, spawn, type TaskGroup, type TimeEvent, timeout } from 'escapement';
class Bell extends LoopEvent<string> { readonly kind = 'bell'; }
class Lamp extends LoopEvent<number> { readonly kind = 'lamp'; }
class Shout extends LoopEvent<void> { kind = 'shout'; }
class Roar extends LoopEvent<void> { readonly kind: string = 'roar'; }
class Nothing extends LoopEvent<string> { readonly kind = 'nothing' as never; }
function* bell() { yield* sleep(1); return yield* new Bell(); }
function* lamp() { return yield* new Lamp(); }
function* crowd() {
  yield* spawn(bell); yield* now(); yield* pause(); yield* currentTask(); yield* scope(pause); yield* sleepUntil(5);
  yield* (yield* spawn(pause)).join();
}
function* anything(): Generator<LoopEvent, void> {}
const loop = createLoop(busyWaitModule, sleepModule);
const bare = createLoop(busyWaitModule);
declare const ringing: EventLoop<Bell>;
`;

/** Event classes that TypeScript could mistake for others. */
const WITHOUT_KIND = ['Shout', 'Roar'] as const;
const handlerOf = (event: string) =>
  `class extends EventHandler<${event}> { readonly handles = ${event}; arm() {} disarm() {} };`;

const ALL_WRONG = [...WRONG, ...WRONG_IN_GROUPS];
const ALL_PROGRAMS = [...ALL_WRONG.map(([program]) => program), ...NAMELESS, 'ringing.run(new Nothing())'];

describe("the first line of the compiler's error", function () {
  this.timeout(120_000);
  let folder: string;
  let output: string;
  let lines: readonly string[];

  before(() => {
    folder = mkdtempSync(join(root, 'test/dist/first-error-line-'));
    writeFileSync(
      join(folder, 'wrong.ts'),
      PREFACE + [...ALL_PROGRAMS, ...WITHOUT_KIND.map(handlerOf)].map(program => `void ${program};`).join('\n'),
    );
    const compilerOptions = { strict: true, noEmit: true, module: 'NodeNext', target: 'ES2022', types: [] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['wrong.ts'] }));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    output = spawnSync(process.execPath, [tsc, '--pretty', 'false'], { cwd: folder, encoding: 'utf8' }).stdout;
    lines = output.split('\n').filter(line => line.startsWith('wrong.ts'));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  function errorAt(index: number): string {
    const at = `wrong.ts(${PREFACE.split('\n').length + index},`;
    const here = lines.filter(line => line.startsWith(at));
    expect(here).to.have.length(1);
    return here[0]!;
  }

  ALL_WRONG.forEach(([program, events], index) => {
    const isInGroup = index >= WRONG.length;
    it(`names the events that no ${isInGroup ? 'type of a group names' : 'module handles'}: ${program}`, () => {
      const text = isInGroup ? 'the type of this group, TaskGroup<...>, must name' : 'no module of this loop handles';
      const named = errorAt(index).split(`'${text}': `)[1]?.split(';')[0];
      expect(named?.split(' | ')).to.have.members(events.split(' | '));
    });
  });

  NAMELESS.forEach((program, index) => {
    it(`tells of the star where there is no event to name: ${program}`, () => {
      expect(errorAt(ALL_WRONG.length + index)).to.include(
        "'a yield lacks its star, or a type does not say which events",
      );
    });
  });

  for (const event of WITHOUT_KIND) {
    it(`is followed by what to write in an event class whose kind is any string: ${event}`, () => {
      expect(output).to.include(
        `Property '"the event class must say: override readonly kind = (one literal); a base class: protected declare readonly _isMine: true"' is missing in type 'typeof ${event}'`,
      );
    });
  }

  it('tells in a program, too, that the kind of an event fits others', () => {
    expect(errorAt(ALL_PROGRAMS.length - 1)).to.include('"the event class must say: override readonly kind');
  });
});
