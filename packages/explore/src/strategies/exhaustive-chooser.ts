import type { Task } from '@escapement/core';
import type { ChoiceKind } from '../oracle/choice.js';
import { Chooser } from '../oracle/chooser.js';
import { MOST_IN_A_ROW } from '../oracle/oracle-policy.js';

/** Of a random number it tries the least, one in the middle, and the greatest. */
const SAMPLES = 3;
/** These count against the bound; all the other choices are tried without a bound. */
const BOUNDED: readonly ChoiceKind[] = ['preempt', 'late', 'slow', 'link', 'cancel'];

/** A choice of the present schedule. */
interface Branch {
  readonly kind: ChoiceKind;
  /** How many there are to try. */
  readonly count: number;
  /** The place of a task that would go on although it has taken its turn: that counts as a preemption. -1 if there is none. */
  readonly spinner: number;
  /** Which one is tried now. */
  chosen: number;
}

/**
 * All schedules, depth first, with at most `preemptions` where a task that could go on is preempted, a sleep ends late, a step takes long, a stream in
 * memory fails, or a task is cancelled. Which task is next when none can go on is always tried in full. It leaves out none as
 * equivalent to another: coroutines share variables, which the loop does not see.
 */
export class ExhaustiveChooser extends Chooser {
  override readonly alias = 'exhaustive';
  #hasSampled = false;
  readonly #path: Branch[] = [];
  #at = 0;
  #last: Task | undefined;
  #inARow = 0;

  constructor(private readonly preemptions: number) {
    super();
  }

  /** Why it has not played all schedules, although it has come to its end. */
  get notTried(): string | undefined {
    if (!this.#hasSampled) return undefined;
    return `Of each number of run.random() only ${SAMPLES} of its values were tried: the least, one in the middle, and the greatest. Write run.choose(count) where each one matters.`;
  }

  override runStarted(): void {
    this.#at = this.#inARow = 0;
    this.#last = undefined;
  }

  override stepStarted(task: Task): void {
    this.#inARow = task === this.#last ? this.#inARow + 1 : 0;
    this.#last = task;
  }

  override choose(kind: ChoiceKind, count: number, ready: readonly Task[] = []): number {
    const tried = kind === 'random' ? Math.min(count, SAMPLES) : count;
    this.#hasSampled ||= tried < count;
    let branch = this.#path[this.#at];
    // It differs from the run before only if the program is not deterministic: what follows is another tree then.
    if (branch?.kind !== kind || branch.count !== tried) {
      this.#path.length = this.#at;
      const spinner = this.#inARow < MOST_IN_A_ROW ? -1 : ready.indexOf(this.#last!);
      branch = { kind, count: tried, spinner, chosen: 0 };
      this.#path.push(branch);
    }
    this.#at++;
    return tried === count ? branch.chosen : Math.round((branch.chosen * (count - 1)) / (tried - 1));
  }

  override runEnded(): boolean {
    this.#path.length = this.#at;
    let left = this.preemptions;
    for (const branch of this.#path) left -= costOf(branch);
    while (this.#path.length > 0) {
      const branch = this.#path.at(-1)!;
      left += costOf(branch);
      while (++branch.chosen < branch.count) if (costOf(branch) <= left) return true;
      this.#path.pop();
    }
    return false;
  }
}

/** 1 if the choice counts against the bound. */
function costOf({ kind, chosen, spinner }: Branch): number {
  return chosen === spinner || (chosen > 0 && BOUNDED.includes(kind)) ? 1 : 0;
}
