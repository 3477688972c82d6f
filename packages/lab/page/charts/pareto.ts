/** Anything with a cost and a gain to weigh: less of both is better. */
export interface Weighed {
  readonly cpu: number;
  readonly late: number;
}

/** Those that no other beats in one without losing in the other, the cheapest first. */
export function paretoFront<T extends Weighed>(points: readonly T[]): T[] {
  const front: T[] = [];
  for (const point of points.toSorted((a, b) => a.cpu - b.cpu || a.late - b.late)) {
    if (front.length === 0 || point.late < front.at(-1)!.late) front.push(point);
  }
  return front;
}
