import type { Site, Trace, TraceStep } from '@escapement/explore';

/** `add:12` is the coroutine `add` at line 12 of its file. */
function sites(text: string, file: string): Site[] {
  return text
    .split(' ')
    .filter(each => each !== '')
    .map(each => {
      const [name, line] = each.split(':');
      return { name: name!, where: `${file}:${line}:5` };
    });
}

interface Written {
  readonly task: number;
  readonly at?: number;
  readonly cause?: string;
  readonly by?: number;
  /** `add:12 main:30`, innermost first. */
  readonly from?: string;
  readonly to?: string;
  readonly waitsFor?: string | undefined;
  readonly others?: readonly number[];
}

/** A trace written by hand: what is left out of a step is as in the step of a task that only paused. */
export function traceOf(
  names: readonly string[],
  steps: readonly Written[],
  {
    file = 'bank.ts',
    error = new Error('expected 1 to equal 2'),
    pair,
  }: { file?: string; error?: unknown; pair?: Trace['pair'] } = {},
): Trace {
  return {
    tasks: names.map((name, index) => ({ id: index + 1, name, parent: index === 0 ? undefined : 1 })),
    steps: steps.map(
      ({ task, at = 0, cause = 'paused', by, from = '', to = '', waitsFor, others = [] }, index): TraceStep => ({
        index,
        task,
        at,
        cause,
        wokenBy: by,
        resumedAt: sites(from, file),
        stoppedAt: sites(to, file),
        waitsFor,
        others,
      }),
    ),
    error,
    pair,
  };
}

/** Two tasks read, pause, and write: the second write overwrites the first. */
export function lostUpdate(file = 'bank.ts'): Trace {
  return traceOf(
    ['program', 'first', 'second'],
    [
      { task: 1, cause: 'spawned', to: 'program:20', waitsFor: 'join of all children' },
      { task: 2, cause: 'spawned', by: 0, to: 'add:12 first:31', waitsFor: 'pause', others: [3] },
      { task: 3, cause: 'spawned', by: 0, to: 'add:12 second:32', waitsFor: 'pause', others: [2] },
      { task: 2, from: 'add:12 first:31', others: [3] },
      { task: 3, from: 'add:12 second:32' },
      { task: 1, cause: 'join of all children', by: 4, from: 'program:20' },
    ],
    { file, pair: [2, 3] },
  );
}

/** Two tasks take two locks in opposite orders, with a task that sleeps beside them. */
export function lockOrder(): Trace {
  const tick = { task: 4, from: 'tick:8', to: 'tick:8', waitsFor: 'sleep for 10 ms' };
  return traceOf(
    ['program', 'transfer to Bob', 'transfer to Alice', 'a ticker with a name that is much longer than its column'],
    [
      { task: 1, cause: 'spawned', to: 'program:20', waitsFor: 'the end of its children' },
      { task: 2, cause: 'spawned', by: 0, to: 'move:14 toBob:31', waitsFor: 'pause', others: [3, 4] },
      { task: 3, cause: 'spawned', by: 0, to: 'move:14 toAlice:32', waitsFor: 'pause', others: [2, 4] },
      { ...tick, cause: 'spawned', by: 0, from: '', others: [2, 3] },
      {
        task: 2,
        from: 'move:14 toBob:31',
        to: 'move:15 toBob:31',
        waitsFor: 'Lock "Alice", held by "transfer to Alice"',
        others: [3],
      },
      {
        task: 3,
        from: 'move:14 toAlice:32',
        to: 'move:15 toAlice:32',
        waitsFor: 'Lock "Bob", held by "transfer to Bob"',
      },
      { ...tick, at: 10, cause: 'sleep for 10 ms' },
      { ...tick, at: 20.5, cause: 'sleep for 10 ms', to: '', waitsFor: undefined },
    ],
    { error: new Error('no task can ever run again'), pair: [2, 4] },
  );
}

/** `count` steps of `tasks` tasks beside the two of a pair in the middle. */
export function crowd(tasks: number, count: number): Trace {
  const names = [
    'program',
    'writer',
    'reader',
    ...Array.from({ length: tasks - 3 }, (_, index) => `noise ${index + 1}`),
  ];
  const middle = count >> 1;
  const steps = Array.from({ length: count }, (_, index): Written => {
    const task = index === middle ? 2 : index === middle + 1 ? 3 : 4 + (index % (tasks - 3));
    return { task, at: index, from: `work:${10 + task}`, to: `work:${10 + task}`, waitsFor: 'pause' };
  });
  return traceOf(names, steps, { pair: [middle, middle + 1] });
}
