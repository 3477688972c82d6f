/** What one reading of the clock takes, in nanoseconds: the median. */
export function clockCost(): number {
  const READS = 1000;
  return medianOf(50, () => {
    const start = performance.now();
    for (let n = 0; n < READS; n++) performance.now();
    return ((performance.now() - start) / READS) * 1e6;
  });
}

/** How late a spin by hand on the clock is, in microseconds: the median. */
export function spinFloor(): number {
  return medianOf(100, () => {
    const until = performance.now() + 0.1;
    while (performance.now() < until);
    return (performance.now() - until) * 1000;
  });
}

function medianOf(times: number, measure: () => number): number {
  const figures = Array.from({ length: times }, measure).sort((a, b) => a - b);
  return Number(figures[times >> 1]!.toFixed(2));
}
