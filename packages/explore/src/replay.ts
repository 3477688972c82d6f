import type { EventHandler, LoopEvent } from '@escapement/core';
import { ReplayTokenError } from './errors.js';
import { type ExploredProgram, type PlayOptions, playSettings } from './options.js';
import { Player } from './player.js';
import { ScheduleChooser } from './strategies/schedule-chooser.js';
import { differsAt, looksLikeToken, scheduleOf } from './token.js';
import type { Trace } from './trace.js';
import type { Divergence } from './tracing/divergence.js';
import { divergenceFromToken, divergenceOf, traceRun } from './tracing/traced-run.js';

/** A run that was repeated. */
export interface Replayed {
  /** The run, step by step. */
  readonly trace: Trace;
  /** Whether it failed. */
  readonly hasFailed: boolean;
  /** What it failed with. */
  readonly error: unknown;
  /** Where it took another way than the run of the token, or than when it was repeated; undefined if it took the same. */
  readonly divergence: Divergence | undefined;
}

/**
 * Repeats the run of a token to the step. Pass the same program and options as to `explore`. The run is played twice, so that a
 * program that is not deterministic shows.
 *
 * @param token of a failure, or the path of a file with one: see `Failure.save`
 * @throws ReplayTokenError for what is no token, and for one of another version; InvalidArgumentError, InvalidCountError,
 *   NotAFunctionError, NotACoroutineError for other wrong arguments
 * @example
 * const { error, divergence } = await replay(transfer, 'esc1-transfer-2.0_1-9.k3f0a1');
 */
export async function replay<T, F extends LoopEvent, H extends EventHandler = never, P extends boolean = false>(
  program: ExploredProgram<T, F, H, P>,
  token: string,
  options: PlayOptions<H, P> = {},
): Promise<Replayed> {
  const player = new Player(program, playSettings('replay', program, options as PlayOptions));
  const schedule = scheduleOf(await readToken(token));
  const first = await player.play(new ScheduleChooser(schedule.choices), 0, { trail: true });
  const traced = await traceRun(player, new ScheduleChooser(schedule.choices));
  const divergence = divergenceOf(traced, first) ?? divergenceFromToken(traced, differsAt(schedule, first.trail));
  const { hasFailed, error } = traced.played;
  return { trace: traced.trace, hasFailed, error, divergence };
}

/** @internal The token itself, which may be in a file. @throws ReplayTokenError */
export async function readToken(token: string): Promise<string> {
  if (typeof token !== 'string') throw new ReplayTokenError(token, 'Pass the `token` of a failure.');
  if (looksLikeToken(token)) return token;
  try {
    const { readFile } = await import('node:fs/promises');
    return await readFile(token, 'utf8');
  } catch (error) {
    const problem = 'It does not begin like a token (esc1-...), and no such file can be read.';
    throw new ReplayTokenError(token, problem, { cause: error });
  }
}
