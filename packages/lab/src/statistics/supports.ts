/** The required probability that at least one sample lies beyond the percentile. */
const CONFIDENCE = 0.95;

/**
 * Whether `count` samples are enough for percentile `p` (0 to 1): at least one of them must lie beyond it with 95 %
 * confidence. That takes 299 samples for p99, and 2,995 for p99.9. With fewer, the percentile would be just their maximum.
 */
export function supports(count: number, p: number): boolean {
  return 1 - p ** count >= CONFIDENCE;
}
