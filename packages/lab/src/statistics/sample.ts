import { InvalidArgumentError } from 'escapement';
import { quantileOf } from './quantiles.js';

/** Repeated measurements of one figure, for instance one per round. */
export class Sample {
  readonly #sorted: readonly number[];

  /**
   * @param values in the order in which they were measured; at least one
   * @throws InvalidArgumentError if there is no value
   */
  constructor(readonly values: number[]) {
    if (values.length === 0) {
      throw new InvalidArgumentError('ESC_NO_VALUES', 'Sample got no values, expected at least one. Measure first.');
    }
    this.#sorted = values.toSorted((a, b) => a - b);
  }

  /** The value in the middle; the mean of two if their number is even. */
  get median(): number {
    return this.quantile(0.5);
  }

  /** The smallest value. */
  get min(): number {
    return this.quantile(0);
  }

  /** The largest value. */
  get max(): number {
    return this.quantile(1);
  }

  /** The value below which a share `p` (0 to 1) of the sample lies, with linear interpolation. */
  quantile(p: number): number {
    return quantileOf(this.#sorted, p);
  }
}
