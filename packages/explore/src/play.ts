import { describe, type EventHandler, InvalidArgumentError, type LoopEvent } from '@escapement/core';
import { type ExploredProgram, type PlayOptions, playSettings } from './options.js';
import { Player } from './player.js';
import { ScheduleChooser } from './strategies/schedule-chooser.js';
import { tokenOf } from './token.js';

/** What `play` resolves to. */
export interface PlayedRun {
  /** Whether it failed. */
  readonly hasFailed: boolean;
  /** What it failed with. */
  readonly error: unknown;
  /** The choices of the run: as given, and 0 where none was given or it did not fit. */
  readonly choices: readonly number[];
  /** Repeats the run: `replay(program, token)`. */
  readonly token: string;
}

/**
 * Plays one run with the given choices: for tools that make schedules themselves, such as generators of property-based tests.
 *
 * @param choices for each choice of the run a number; beyond their end, and where one is too large, what the loop does by itself
 * @throws InvalidArgumentError, InvalidCountError, NotAFunctionError, NotACoroutineError
 * @example const { error } = await play(transfer, [0, 1, 0, 2]);
 */
export async function play<T, F extends LoopEvent, H extends EventHandler = never, P extends boolean = false>(
  program: ExploredProgram<T, F, H, P>,
  choices: readonly number[],
  options: PlayOptions<H, P> = {},
): Promise<PlayedRun> {
  const settings = playSettings('play', program, options as PlayOptions);
  checkChoices(choices);
  const player = new Player(program, settings);
  const played = await player.play(new ScheduleChooser(choices), 0, { trail: true });
  const { hasFailed, error } = played;
  return { hasFailed, error, choices: played.choices, token: tokenOf(settings.name, played.choices, played.trail) };
}

function checkChoices(choices: unknown): void {
  if (Array.isArray(choices) && choices.every(choice => Number.isSafeInteger(choice) && choice >= 0)) return;
  const fault = `play got ${describe(choices)} for \`choices\`, expected a list of whole numbers from 0, like [0, 2, 1].`;
  throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
}
