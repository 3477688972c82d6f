import type { Block, Statement } from './program.js';

const pauses: Block = [{ do: 'pause' }, { do: 'pause' }, { do: 'pause' }, { do: 'pause' }];
const forever: Block = [{ do: 'forever' }];

function spawn(...body: Statement[]): Statement {
  return { do: 'spawn', daemon: false, body };
}

/** Programs on which loop and model have differed, and some that are worth playing every time. */
export const REGRESSIONS: Readonly<Record<string, Block>> = {
  'a task that joins its parent waits for ever': [
    spawn({ do: 'join', target: { of: 'parent' } }),
    { do: 'join', target: { of: 'child', index: 0 } },
  ],
  'a task that is cancelled before its first step never runs': [
    spawn({ do: 'log', label: 'never' }),
    { do: 'cancel', target: { of: 'child', index: 0 } },
  ],
  'a child of a cancelled task never runs': [
    { do: 'cancel', target: { of: 'self' } },
    spawn({ do: 'log', label: 'never' }),
    { do: 'log', label: 'goes on until it suspends' },
    { do: 'pause' },
  ],
  'a task is cancelled in a scope of which only the children are left': [
    spawn({ do: 'scope', body: [spawn(...forever)] }, { do: 'log', label: 'never' }),
    ...pauses,
    { do: 'cancel', target: { of: 'child', index: 0 } },
  ],
  'a task that is cancelled in `all` goes no further': [
    spawn({ do: 'all', blocks: [forever] }, { do: 'log', label: 'never' }),
    ...pauses,
    { do: 'cancel', target: { of: 'child', index: 0 } },
  ],
  'a task that is cancelled in a race is cancelled, and has not failed': [
    spawn({ do: 'race', blocks: [forever] }),
    ...pauses,
    { do: 'cancel', target: { of: 'child', index: 0 } },
  ],
  'a race that loses a race fails nobody': [
    { do: 'race', blocks: [[{ do: 'sleep', ms: 1 }], [{ do: 'race', blocks: [forever] }]] },
  ],
  '`all` of what was cancelled alone has no value': [
    { do: 'all', blocks: [[{ do: 'cancel', target: { of: 'self' } }, { do: 'pause' }]] },
  ],
  'a race in which all were cancelled alone throws an error': [
    { do: 'race', blocks: [[{ do: 'cancel', target: { of: 'self' } }, { do: 'pause' }]] },
  ],
  'a race whose contestants somebody else cancelled throws an error': [
    spawn({
      do: 'ensure',
      body: [
        {
          do: 'race',
          blocks: [
            [
              { do: 'cancel', target: { of: 'parent' } },
              { do: 'get', queue: 'none' },
            ],
          ],
        },
      ],
    }),
  ],
  'a clean-up that joins what a timeout cancelled fails with its own error': [
    {
      do: 'timeout',
      ms: 0,
      body: [
        { do: 'ensure', body: [{ do: 'join', target: { of: 'any', index: 3 } }] },
        { do: 'all', blocks: [[{ do: 'sleep', ms: 1 }], []] },
      ],
    },
  ],
  'a program that a cancelled task starts is cancelled, and its errors are thrown there': [
    {
      do: 'group',
      body: [
        spawn(
          { do: 'cancel', target: { of: 'self' } },
          { do: 'start', group: 'innermost', body: [{ do: 'throw', label: 'a' }] },
        ),
        ...pauses,
        ...pauses,
      ],
    },
  ],
  'a program that is started after its caller was cancelled is cancelled': [
    {
      do: 'group',
      body: [
        spawn({ do: 'cancel', target: { of: 'self' } }, { do: 'start', group: 'innermost', body: forever }),
        ...pauses,
        { do: 'log', label: 'the group goes on' },
      ],
    },
  ],
  'a limit is moved after its body has begun, and to the past': [
    {
      do: 'moveOnAfter',
      ms: 1,
      body: [{ do: 'moveLimit', ms: 4 }, { do: 'sleep', ms: 2 }, { do: 'moveLimit', ms: -1 }, ...forever],
    },
    { do: 'log', label: 'moved on' },
  ],
  'a group is cancelled by what it has spawned, and starts nothing more': [
    {
      do: 'group',
      body: [
        spawn(
          { do: 'cancelGroup', group: 'innermost' },
          { do: 'spawnInto', group: 'innermost', body: [{ do: 'log', label: 'never' }] },
        ),
        ...forever,
      ],
    },
  ],
  'a task that throws undefined has failed': [spawn({ do: 'throw' })],
};
