/**
 * A program of tasks as plain JSON, so that fast-check can make it, shrink it and print it. The same program is played on
 * the real loop (`real.ts`) and on the model (`model-player.ts`).
 *
 * To add a construct: a line here, one in `arbitrary.ts`, a case in each of the two players.
 */
export type Block = readonly Statement[];

export type Statement =
  | { readonly do: 'log'; readonly label: string }
  | { readonly do: 'pause' }
  | { readonly do: 'sleep'; readonly ms: number }
  /** An instant; it may have passed. */
  | { readonly do: 'sleepUntil'; readonly at: number }
  /** Waits for what never comes: to be cancelled, or for a deadlock. */
  | { readonly do: 'forever' }
  | { readonly do: 'spawn'; readonly daemon: boolean; readonly body: Block }
  | { readonly do: 'scope' | 'shield'; readonly body: Block }
  | { readonly do: 'supervise'; readonly ended: AtEnds; readonly body: Block }
  | { readonly do: 'timeout' | 'moveOnAfter'; readonly ms: number; readonly body: Block }
  /** Moves the innermost limit around the task to so long from now; to the past, if negative. */
  | { readonly do: 'moveLimit'; readonly ms: number }
  | { readonly do: 'all' | 'allSettled' | 'race' | 'any'; readonly blocks: readonly Block[] }
  /** Its items are the blocks; the work runs them. */
  | { readonly do: 'map'; readonly concurrency: number; readonly blocks: readonly Block[] }
  | { readonly do: 'retry'; readonly attempts: number; readonly ms: number; readonly body: Block }
  /** Waits for the metronome of the run. */
  | { readonly do: 'tick' }
  | { readonly do: 'with'; readonly lock: LockName; readonly body: Block }
  | { readonly do: 'acquire' | 'release'; readonly lock: LockName }
  | { readonly do: 'put' | 'get' | 'close'; readonly queue: QueueName }
  | { readonly do: 'resolve' | 'reject' | 'await'; readonly deferred: DeferredName }
  | { readonly do: 'select'; readonly branches: readonly Branch[] }
  | { readonly do: 'group'; readonly body: Block }
  /** Each is done to the innermost group around the task, or to one of all that there were. */
  | { readonly do: 'spawnInto' | 'start'; readonly group: GroupTarget; readonly body: Block }
  | { readonly do: 'cancelGroup'; readonly group: GroupTarget }
  /** Says that the program is ready, to whoever started it. */
  | { readonly do: 'started' }
  /** Registers a clean-up. */
  | { readonly do: 'ensure'; readonly body: Block }
  /** Registers a listener that logs. */
  | { readonly do: 'onCancel'; readonly label: string }
  /** The block as a coroutine of its own, by way of the loop. */
  | { readonly do: 'call'; readonly body: Block }
  | { readonly do: 'join'; readonly target: Target }
  | { readonly do: 'cancel'; readonly target: Target }
  /** Throws an error of its own each time, `undefined` where there is no label. */
  | { readonly do: 'throw'; readonly label?: string | undefined }
  /** Ends the task's body, but not before each `finally` around it. */
  | { readonly do: 'return' }
  | {
      readonly do: 'try';
      readonly body: Block;
      readonly catch?: Catch | undefined;
      readonly finally?: Block | undefined;
    };

/** What becomes of the end of a supervised task: nobody listens, or somebody logs it, or throws the error on. */
export type AtEnds = 'unheard' | 'logs' | 'throws';

/** Two, so that tasks can wait for each other in a circle. */
export const LOCKS = ['x', 'y'] as const;
export type LockName = (typeof LOCKS)[number];

/** Each with its capacity. */
export const QUEUES = { none: 0, one: 1, many: Infinity } as const;
export type QueueName = keyof typeof QUEUES;

/** What `resolve` and `reject` settle, once. */
export const DEFERREDS = ['p', 'q'] as const;
export type DeferredName = (typeof DEFERREDS)[number];

/** An event of a `select`. */
export type Branch =
  | { readonly on: 'get'; readonly queue: QueueName }
  | { readonly on: 'put'; readonly queue: QueueName }
  | { readonly on: 'await'; readonly deferred: DeferredName }
  | { readonly on: 'sleep'; readonly ms: number }
  | { readonly on: 'sleepUntil'; readonly at: number }
  | { readonly on: 'join'; readonly target: Target };

/** The innermost group, or one of all in the order in which they were opened, ended ones too. */
export type GroupTarget = 'innermost' | number;

export interface Catch {
  readonly body: Block;
  /** Throws on what it caught, in the end. */
  readonly rethrow: boolean;
}

/**
 * Which task is meant. The index counts the children that the task has spawned so far, or all tasks of the run, and
 * wraps around; where there are none nobody is meant and nothing is done.
 */
export type Target = { readonly of: 'self' | 'parent' | 'child' | 'any'; readonly index?: number };

export type Construct = Statement['do'];

/** Of the metronome. */
export const PERIOD = 3;

/** The program as pseudo code, for people. */
export function render(block: Block, indent = ''): string {
  return block.map(statement => indent + renderStatement(statement, indent)).join('\n');
}

function renderStatement(statement: Statement, indent: string): string {
  const { do: construct, ...rest } = statement;
  const parts = Object.entries(rest).filter(([, part]) => part !== undefined);
  return [construct, ...parts.map(([key, part]) => renderPart(key, part, indent))].join(' ');
}

function renderPart(key: string, part: unknown, indent: string): string {
  if (key === 'branches') return (part as readonly Branch[]).map(renderBranch).join(' | ');
  if (key === 'target') return Object.values(part as Target).join(' ');
  if (key === 'catch') {
    const { body, rethrow } = part as Catch;
    return `catch ${braces(body, indent)}${rethrow ? ' rethrow' : ''}`;
  }
  if (typeof part === 'boolean') return part ? key : '';
  if (key === 'blocks') return (part as readonly Block[]).map(block => braces(block, indent)).join(' ');
  if (Array.isArray(part)) return `${key === 'body' ? '' : `${key} `}${braces(part, indent)}`;
  return String(part);
}

function renderBranch({ on, ...rest }: Branch): string {
  return [
    on,
    ...Object.values(rest).map(part => (typeof part === 'object' ? Object.values(part).join(' ') : part)),
  ].join(' ');
}

function braces(block: Block, indent: string): string {
  return block.length === 0 ? '{}' : `{\n${render(block, `${indent}  `)}\n${indent}}`;
}

/** The block without what may swallow an error as documented: `any`, `allSettled`, a `finally`. */
export function withoutSwallowing(block: Block): Block {
  return block.flatMap((statement): Block => {
    if (statement.do === 'any' || statement.do === 'allSettled') return [];
    if ('blocks' in statement) return [{ ...statement, blocks: statement.blocks.map(withoutSwallowing) }];
    if (!('body' in statement)) return [statement];
    const body = withoutSwallowing(statement.body);
    if (statement.do !== 'try') return [{ ...statement, body }];
    const { catch: handler } = statement;
    return [{ do: 'try', body, catch: handler && { ...handler, body: withoutSwallowing(handler.body) } }];
  });
}

/** What `known` has of the task itself, or of the nearest above it. */
export function innermost<T extends { readonly parent: T | undefined }, V>(
  known: ReadonlyMap<T, V>,
  self: T,
): V | undefined {
  for (let task: T | undefined = self; task !== undefined; task = task.parent) {
    const found = known.get(task);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The group that `target` means, seen from `self`. `groups` are all, by their tasks. */
export function resolveGroup<T extends { readonly parent: T | undefined }, G>(
  target: GroupTarget,
  self: T,
  groups: ReadonlyMap<T, G>,
): G | undefined {
  return target === 'innermost' ? innermost(groups, self) : [...groups.values()][target % groups.size];
}

/** The task that `target` means, seen from one whose `children` these are. */
export function resolveTarget<T extends { readonly parent: T | undefined }>(
  target: Target,
  self: T,
  children: readonly T[],
  all: readonly T[],
): T | undefined {
  if (target.of === 'self') return self;
  if (target.of === 'parent') return self.parent;
  const tasks = target.of === 'child' ? children : all;
  return tasks[(target.index ?? 0) % tasks.length];
}
