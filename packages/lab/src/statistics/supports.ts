/** How sure we want to be that the sample holds anything beyond the percentile. */
const CONFIDENCE = 0.95;

/**
 * Whether `count` samples can say anything about percentile `p` (0 to 1). They can if at least one of them lies beyond
 * it with 95 % confidence: 299 samples for p99, 2,995 for p99.9. With fewer, the figure would be their maximum under a
 * grander name.
 */
export function supports(count: number, p: number): boolean {
  return 1 - p ** count >= CONFIDENCE;
}
