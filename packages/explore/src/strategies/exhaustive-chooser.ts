import type { ChoiceKind } from '../oracle/choice.js';
import { Chooser } from '../oracle/chooser.js';

/** Of a random number it tries the least, one in the middle, and the greatest. */
const SAMPLES = 3;
/** These count against the bound; all the other choices are tried without a bound. */
const BOUNDED: readonly ChoiceKind[] = ['preempt', 'late', 'slow', 'link', 'cancel'];

/** A choice of the present schedule. */
interface Branch {
  readonly kind: ChoiceKind;
  /** How many there are to try. */
  readonly count: number;
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
  readonly #path: Branch[] = [];
  #at = 0;

  constructor(private readonly preemptions: number) {
    super();
  }

  override runStarted(): void {
    this.#at = 0;
  }

  override choose(kind: ChoiceKind, count: number): number {
    const tried = kind === 'random' ? Math.min(count, SAMPLES) : count;
    let branch = this.#path[this.#at];
    // It differs from the run before only if the program is not deterministic: what follows is another tree then.
    if (branch?.kind !== kind || branch.count !== tried) {
      this.#path.length = this.#at;
      branch = { kind, count: tried, chosen: 0 };
      this.#path.push(branch);
    }
    this.#at++;
    return tried === count ? branch.chosen : Math.round((branch.chosen * (count - 1)) / (tried - 1));
  }

  override runEnded(): boolean {
    this.#path.length = this.#at;
    let left = this.preemptions - this.#path.filter(isBounded).length;
    while (this.#path.length > 0) {
      const branch = this.#path.at(-1)!;
      if (isBounded(branch)) left++;
      const costs = BOUNDED.includes(branch.kind) ? 1 : 0;
      if (branch.chosen + 1 < branch.count && left >= costs) {
        branch.chosen++;
        return true;
      }
      this.#path.pop();
    }
    return false;
  }
}

function isBounded({ kind, chosen }: Branch): boolean {
  return chosen > 0 && BOUNDED.includes(kind);
}
