/**
 * A generator of numbers from 0 to 1 (1 excluded) that gives the same ones for the same seed.
 *
 * @param seed a whole number
 * @example const [here, there] = memoryPair({ latency: [1, 20], random: seeded(7) });
 */
export function seeded(seed: number): () => number {
  // The mulberry32 of Tommy Ettinger: all seeds are good, and 32 bits of state are enough here.
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
