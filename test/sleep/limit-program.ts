import fc from 'fast-check';

/** A statement of a random program with time limits. Durations are few and small, so that much happens at the same instant. */
export type Statement =
  | { readonly does: 'sleep'; readonly ms: number }
  | { readonly does: 'pause' }
  /** Moves the limit `up` levels outside of the innermost to so long after now; to the past if below 0. */
  | { readonly does: 'move'; readonly up: number; readonly by: number }
  | { readonly does: 'spawn'; readonly body: Block }
  | {
      readonly does: 'limit';
      readonly throws: boolean;
      readonly ms: number;
      /** How long its shielded clean-up takes; 0: it has none. */
      readonly cleanup: number;
      readonly body: Block;
    };

export type Block = readonly Statement[];

/** Something that comes from outside, at an instant. */
export type Disturbance =
  | { readonly does: 'cancel'; readonly at: number }
  /** Moves the limit that began as number `limit`. */
  | { readonly does: 'move'; readonly at: number; readonly limit: number; readonly by: number };

export interface LimitProgram {
  readonly body: Block;
  readonly disturbances: readonly Disturbance[];
  /** Whether the disturbances are spawned first. */
  readonly isDisturbedFirst: boolean;
}

const ms = fc.nat(5);
const by = fc.oneof(fc.integer({ min: -1, max: 5 }), fc.constantFrom(Infinity, -Infinity));

const { block } = fc.letrec<{ block: Block; statement: Statement }>(tie => ({
  block: fc.array(tie('statement'), { maxLength: 4 }),
  statement: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 5, arbitrary: fc.record({ does: fc.constant('sleep' as const), ms }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('pause' as const) }) },
    { weight: 3, arbitrary: fc.record({ does: fc.constant('move' as const), up: fc.nat(2), by }) },
    { weight: 2, arbitrary: fc.record({ does: fc.constant('spawn' as const), body: tie('block') }) },
    {
      weight: 5,
      arbitrary: fc.record({
        does: fc.constant('limit' as const),
        throws: fc.boolean(),
        ms,
        cleanup: fc.constantFrom(0, 0, 1, 2),
        body: tie('block'),
      }),
    },
  ),
}));

export const limitProgram: fc.Arbitrary<LimitProgram> = fc.record({
  body: block,
  disturbances: fc.array(
    fc.oneof(
      fc.record({ does: fc.constant('cancel' as const), at: fc.nat(6) }),
      fc.record({ does: fc.constant('move' as const), at: fc.nat(6), limit: fc.nat(3), by }),
    ),
    { maxLength: 3 },
  ),
  isDisturbedFirst: fc.boolean(),
});

/** What a program is played with: the loop, or the model. All generators are of that. */
export interface Player<Task> {
  now(): number;
  sleep(duration: number): Iterable<unknown>;
  sleepUntil(instant: number): Iterable<unknown>;
  pause(): Iterable<unknown>;
  shield(body: Iterable<unknown>): Iterable<unknown>;
  spawn(body: Iterable<unknown>): Iterable<unknown>;
  limit(throws: boolean, duration: number, body: (limit: PlayedLimit) => Iterable<unknown>): Iterable<unknown>;
  cancel(task: Task): void;
}

export interface PlayedLimit {
  deadline: number;
  readonly hasExpired: boolean;
}

/** @returns what happened, in order, with the time */
// biome-ignore lint/suspicious/noExplicitAny: events of the loop, or requests to the model
export function* played<Task>(program: LimitProgram, player: Player<Task>, log: string[]): Generator<any, void, any> {
  const limits: PlayedLimit[] = [];
  const note = (text: string) => log.push(`${player.now()}: ${text}`);

  // biome-ignore lint/suspicious/noExplicitAny: as above
  function* play(block: Block, outer: readonly PlayedLimit[]): Generator<any, string, any> {
    for (const statement of block) {
      if (statement.does === 'sleep') yield* player.sleep(statement.ms);
      if (statement.does === 'pause') yield* player.pause();
      if (statement.does === 'spawn') yield* player.spawn(play(statement.body, outer));
      if (statement.does === 'move') move(outer.at(-1 - statement.up), statement.by);
      if (statement.does === 'limit') yield* limited(statement, outer);
      note(statement.does);
    }
    return 'done';
  }

  function* limited(statement: Statement & { does: 'limit' }, outer: readonly PlayedLimit[]) {
    const number = limits.length;
    const shown = () => `limit ${number} ${limits[number]?.hasExpired ? 'expired' : 'not'} ${limits[number]?.deadline}`;
    try {
      const value = yield* player.limit(statement.throws, statement.ms, function* (limit) {
        limits[number] = limit;
        try {
          return yield* play(statement.body, [...outer, limit]);
        } finally {
          note(`leaving ${shown()}`);
          if (statement.cleanup > 0) yield* player.shield(player.sleep(statement.cleanup));
        }
      });
      note(`${shown()}: ${value}`);
    } catch (error) {
      note(`${shown()}: ${(error as Error).constructor.name}`);
      if ((error as Error).constructor.name !== 'TimeoutError') throw error;
    }
  }

  function move(limit: PlayedLimit | undefined, by: number): void {
    if (limit !== undefined) limit.deadline = player.now() + by;
  }

  function* disturbing(task: Task) {
    for (const disturbance of program.disturbances) {
      yield* player.spawn(
        (function* () {
          yield* player.sleepUntil(disturbance.at);
          note(disturbance.does);
          if (disturbance.does === 'cancel') player.cancel(task);
          else move(limits[disturbance.limit], disturbance.by);
        })(),
      );
    }
  }

  let main: Task | undefined;
  if (program.isDisturbedFirst) {
    yield* player.spawn(
      (function* () {
        yield* player.pause();
        yield* disturbing(main!);
      })(),
    );
  }
  main = yield* player.spawn(play(program.body, [])) as Generator<unknown, Task, unknown>;
  if (!program.isDisturbedFirst) yield* disturbing(main);
}
