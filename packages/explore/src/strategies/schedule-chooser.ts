import type { ChoiceKind } from '../oracle/choice.js';
import { Chooser } from '../oracle/chooser.js';

/** Plays a list of choices. Beyond its end, and where a choice does not fit, what the loop does by itself. */
export class ScheduleChooser extends Chooser {
  override readonly alias = 'schedule';
  #at = 0;

  constructor(private readonly choices: readonly number[]) {
    super();
  }

  override runStarted(): void {
    this.#at = 0;
  }

  override choose(_kind: ChoiceKind, count: number): number {
    const chosen = this.choices[this.#at++] ?? 0;
    return chosen < count ? chosen : 0;
  }
}
