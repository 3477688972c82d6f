import fc from 'fast-check';
import {
  type Block,
  type Branch,
  DEFERREDS,
  type GroupTarget,
  LOCKS,
  QUEUES,
  type QueueName,
  type Statement,
  type Target,
} from './program.js';

type Weighted = fc.WeightedArbitrary<Statement>;

const label = fc.constantFrom('a', 'b', 'c');

const child = fc.record({ of: fc.constant('child' as const), index: fc.nat(3) });
const relative = fc.record({ of: fc.constantFrom('self' as const, 'parent' as const) });
const anybody = fc.record({ of: fc.constant('any' as const), index: fc.nat(9) });

/** Mostly a child, for that is what programs do. To join anybody else is a deadlock, often enough. */
const joined = targets(20, 1, 2);
const cancelled = targets(6, 1, 2);

function targets(children: number, relatives: number, others: number): fc.Arbitrary<Target> {
  return fc.oneof(
    { weight: children, arbitrary: child },
    { weight: relatives, arbitrary: relative },
    { weight: others, arbitrary: anybody },
  );
}

/** Mostly the same one, so that there are lines to wait in. */
const lock = fc.oneof(
  { weight: 3, arbitrary: fc.constant('x' as const) },
  { weight: 1, arbitrary: fc.constantFrom(...LOCKS) },
);
const queue = fc.constantFrom(...(Object.keys(QUEUES) as QueueName[]));

const deferred = fc.constantFrom(...DEFERREDS);
const group: fc.Arbitrary<GroupTarget> = fc.oneof(
  { weight: 4, arbitrary: fc.constant('innermost' as const) },
  { weight: 1, arbitrary: fc.nat(3) },
);

const branch: fc.Arbitrary<Branch> = fc.oneof(
  fc.record({ on: fc.constant('get' as const), queue }),
  fc.record({ on: fc.constant('put' as const), queue }),
  fc.record({ on: fc.constant('await' as const), deferred }),
  fc.record({ on: fc.constant('sleep' as const), ms: fc.nat(4) }),
  fc.record({ on: fc.constant('sleepUntil' as const), at: fc.nat(8) }),
  fc.record({ on: fc.constant('join' as const), target: joined }),
);
const branches = fc.array(branch, { minLength: 1, maxLength: 4 }).filter(branches => !meetsItself(branches));

/** It would put an item into its own hands. */
function meetsItself(branches: readonly Branch[]): boolean {
  const isThere = (on: Branch['on']) =>
    branches.some(each => each.on === on && 'queue' in each && each.queue === 'none');
  return isThere('get') && isThere('put');
}

/** Statements without blocks in them. Instants are few and small, so that many things happen at the same one. */
const simple: readonly Weighted[] = [
  statement(8, 'log', { label }),
  statement(10, 'pause', {}),
  statement(14, 'sleep', { ms: fc.nat(4) }),
  statement(5, 'sleepUntil', { at: fc.nat(8) }),
  statement(1, 'forever', {}),
  statement(10, 'join', { target: joined }),
  statement(8, 'cancel', { target: cancelled }),
  statement(5, 'throw', { label: fc.option(label, { nil: undefined, freq: 9 }) }),
  statement(1, 'return', {}),
  statement(2, 'onCancel', { label }),
  statement(2, 'acquire', { lock }),
  statement(1, 'release', { lock }),
  statement(6, 'put', { queue }),
  statement(4, 'get', { queue }),
  statement(1, 'close', { queue }),
  statement(4, 'tick', {}),
  statement(8, 'select', { branches }),
  statement(3, 'resolve', { deferred }),
  statement(2, 'reject', { deferred }),
  statement(3, 'await', { deferred }),
  statement(3, 'moveLimit', { ms: fc.integer({ min: -1, max: 4 }) }),
  statement(3, 'cancelGroup', { group }),
  statement(4, 'started', {}),
];

/** Statements around blocks. */
function around(block: fc.Arbitrary<Block>): readonly Weighted[] {
  return [
    statement(24, 'spawn', { daemon: fc.constant(false), body: block }),
    statement(3, 'spawn', { daemon: fc.constant(true), body: block }),
    statement(5, 'scope', { body: block }),
    statement(4, 'shield', { body: block }),
    statement(5, 'supervise', { ended: fc.constantFrom('unheard', 'logs', 'throws'), body: block }),
    statement(4, 'timeout', { ms: fc.nat(4), body: block }),
    statement(5, 'moveOnAfter', { ms: fc.nat(4), body: block }),
    statement(8, 'group', { body: block }),
    statement(5, 'spawnInto', { group, body: block }),
    statement(6, 'start', { group, body: readyingBlock(block) }),
    statement(3, 'all', { blocks: several(block) }),
    statement(3, 'allSettled', { blocks: several(block) }),
    statement(4, 'race', { blocks: several(block) }),
    statement(3, 'any', { blocks: several(block) }),
    statement(4, 'map', { concurrency: fc.integer({ min: 1, max: 3 }), blocks: several(block) }),
    statement(3, 'retry', { attempts: fc.integer({ min: 1, max: 3 }), ms: fc.nat(2), body: block }),
    statement(6, 'with', { lock, body: block }),
    statement(3, 'ensure', { body: block }),
    statement(3, 'call', { body: block }),
    statement(14, 'try', {
      body: block,
      catch: optional(fc.record({ body: block, rethrow: fc.boolean() })),
      finally: optional(block),
    }),
  ];
}

/** Mostly one that says that it is ready, at some point. */
function readyingBlock(block: fc.Arbitrary<Block>): fc.Arbitrary<Block> {
  const readying = fc.tuple(block, block).map(([before, after]): Block => [...before, { do: 'started' }, ...after]);
  return fc.oneof({ weight: 3, arbitrary: readying }, { weight: 1, arbitrary: block });
}

/** Blocks of up to so many statements; those inside of them are shorter. */
function blockOf(longest: number): fc.Arbitrary<Block> {
  const nested = longest > SHORTEST ? around(blockOf(longest - 2)) : [];
  return fc.array(fc.oneof(...simple, ...nested), { maxLength: longest, size: 'max' });
}

const SHORTEST = 2;

/** Programs of tasks. */
export const programs: fc.Arbitrary<Block> = blockOf(10);

/** A race of nobody is refused. */
function several(block: fc.Arbitrary<Block>): fc.Arbitrary<Block[]> {
  return fc.array(block, { minLength: 1, maxLength: 3 });
}

function optional<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined });
}

function statement<P extends object>(
  weight: number,
  construct: Statement['do'],
  parts: { [K in keyof P]: fc.Arbitrary<P[K]> },
): Weighted {
  const arbitrary = fc.record({ do: fc.constant(construct), ...parts }) as unknown as fc.Arbitrary<Statement>;
  return { weight, arbitrary };
}
