import { checkArgument, checkCount, type EventHandler, type LoopEvent } from '@escapement/core';
import fc from 'fast-check';
import { type ExploredProgram, type PlayOptions, playSettings } from '../options.js';
import { Player } from '../player.js';
import { replay } from '../replay.js';
import { tokenOf } from '../token.js';
import { replayText } from '../views/replay-text.js';
import { type Deviation, DeviationsChooser } from './deviations-chooser.js';
import { FailedRunError } from './failed-run-error.js';

/** How schedules are generated. */
export interface SchedulesOptions {
  /** A schedule differs from the explorer's own order in so many choices at most. Default: 8. */
  readonly deviations?: number;
  /** They are among so many first choices of the run. Default: 64. */
  readonly choices?: number;
}

/** Of a choice among more things than this, the others are not generated. */
const PICKS = 1000;

/**
 * Schedules for property-based tests with fast-check, which generates and shrinks them together with the inputs of a program:
 * towards the explorer's own order, in which a task that only pauses goes on.
 *
 * @throws InvalidArgumentError, InvalidCountError
 * @example
 * await fc.assert(
 *   fc.asyncProperty(fc.array(fc.nat()), schedules(), (amounts, schedule) =>
 *     schedule.run(function* (run) {
 *       const account = new Account(0);
 *       run.check(() => assert.equal(account.balance, sumOf(amounts)));
 *       for (const amount of amounts) yield* spawn(account.deposit(amount));
 *     }),
 *   ),
 * );
 */
export function schedules(options: SchedulesOptions = {}): fc.Arbitrary<GeneratedSchedule> {
  const expected = 'options like { deviations: 3 }';
  const { deviations = 8, choices = 64 } = checkArgument('schedules', options, 'object', expected);
  checkCount(
    'deviations of schedules',
    deviations,
    0,
    false,
    'It is the most choices that differ from the loop’s own.',
  );
  checkCount('choices of schedules', choices, 1, false, 'It is how many first choices of a run may differ.');
  const deviation = fc.tuple(fc.nat(choices - 1), fc.oneof(fc.nat(3), fc.nat(PICKS)));
  return new ScheduleArbitrary(
    fc.uniqueArray(deviation, { maxLength: deviations, size: 'max', selector: ([at]) => at }),
  );
}

/** Generates as fast-check does, and shrinks better: whether a schedule fails is not monotone in the places of its deviations. */
class ScheduleArbitrary extends fc.Arbitrary<GeneratedSchedule> {
  constructor(private readonly lists: fc.Arbitrary<Deviation[]>) {
    super();
  }

  generate(random: fc.Random, biasFactor: number | undefined): fc.Value<GeneratedSchedule> {
    const list = this.lists.generate(random, biasFactor).value;
    return scheduleValue(list.sort(([a], [b]) => a - b));
  }

  canShrinkWithoutContext(value: unknown): value is GeneratedSchedule {
    return value instanceof GeneratedSchedule;
  }

  shrink({ deviations }: GeneratedSchedule): fc.Stream<fc.Value<GeneratedSchedule>> {
    return fc.stream(simpler(deviations)).map(scheduleValue);
  }
}

function scheduleValue(deviations: readonly Deviation[]): fc.Value<GeneratedSchedule> {
  return new fc.Value(new GeneratedSchedule(deviations), undefined);
}

/** None, then fewer, then each of them earlier, then each with the first pick. Sorted by place, as it is given. */
function* simpler(list: readonly Deviation[]): Generator<readonly Deviation[], undefined> {
  if (list.length > 1) yield [];
  for (const index of list.keys()) yield list.toSpliced(index, 1);
  for (const [index, [at, pick]] of list.entries()) {
    const rest = list.toSpliced(index, 1);
    const taken = new Set(rest.map(([place]) => place));
    for (let place = 0; place < at; place++) {
      if (!taken.has(place)) yield [...rest, [place, pick] as const].sort(([a], [b]) => a - b);
    }
  }
  for (const [index, [at, pick]] of list.entries()) if (pick > 0) yield list.with(index, [at, 0]);
}

/** A schedule that `schedules()` made: in which order a program runs under it. */
export class GeneratedSchedule {
  /** @internal */
  constructor(
    /** @internal Sorted by place. */
    readonly deviations: readonly Deviation[],
  ) {}

  /**
   * Runs a program under this schedule. Return what it returns from the property.
   *
   * @param program takes the run, and makes all that it uses anew; see `explore`
   * @throws FailedRunError if the run fails; InvalidArgumentError, InvalidCountError, NotAFunctionError, NotACoroutineError for wrong
   *   arguments
   */
  async run<T, F extends LoopEvent, H extends EventHandler = never, P extends boolean = false>(
    program: ExploredProgram<T, F, H, P>,
    options: PlayOptions<H, P> = {},
  ): Promise<void> {
    const player = new Player(program, playSettings('schedule.run', program, options as PlayOptions));
    const played = await player.play(new DeviationsChooser(this.deviations), 0, { trail: true });
    if (!played.hasFailed) return;
    const token = tokenOf(undefined, played.choices, played.trail);
    const replayed = await replay(program, token, options);
    throw new FailedRunError(replayText(replayed, token, undefined), played.error, token, replayed.trace);
  }

  /** For the counterexample of fast-check: `choices 3, 17` are those that differ from the explorer's own order. */
  toString(): string {
    if (this.deviations.length === 0) return "the explorer's own order";
    const places = [...this.deviations]
      .sort(([a], [b]) => a - b)
      .map(([at, pick]) => (pick === 0 ? at : `${at} (${pick})`));
    return `choices ${places.join(', ')} differ`;
  }
}
