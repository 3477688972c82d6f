import type { ChoiceKind } from '../oracle/choice.js';
import { Chooser } from '../oracle/chooser.js';
import { type Below, randomNumbers } from '../oracle/random-numbers.js';
import { RareEvents } from './rare-events.js';

/** Every choice at random, each as likely as the others; lateness, faults and cancellations seldom. */
export class RandomChooser extends Chooser {
  override readonly alias = 'random';
  #below: Below = randomNumbers(0);
  #rare = new RareEvents(this.#below);

  override runStarted(seed: number): void {
    this.#below = randomNumbers(seed);
    this.#rare = new RareEvents(this.#below);
  }

  override choose(kind: ChoiceKind, count: number): number {
    return this.#rare.choose(kind, count) ?? this.#below(count);
  }
}
