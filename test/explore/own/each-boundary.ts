import { type ChoiceKind, Chooser } from '@escapement/explore';
import { seeded } from '@escapement/streams/memory';

/**
 * Cancels at one boundary between two steps: in the first run at the first, in the second at the second, and again from the first
 * on. Everything else is chosen at random.
 */
export class EachBoundary extends Chooser {
  override readonly alias = 'each-boundary';
  #random = seeded(0);
  #boundary = 0;
  #passed = 0;

  override runStarted(seed: number): void {
    this.#random = seeded(seed);
    this.#passed = 0;
  }

  override choose(kind: ChoiceKind, count: number): number {
    const isRare = kind === 'late' || kind === 'link';
    if (kind === 'cancel') return this.#passed++ === this.#boundary ? 1 : 0;
    if (isRare && this.#random() < 0.9) return 0;
    return Math.floor(this.#random() * count);
  }

  override runEnded(): boolean {
    this.#boundary = this.#boundary < this.#passed ? this.#boundary + 1 : 0;
    return true;
  }
}
