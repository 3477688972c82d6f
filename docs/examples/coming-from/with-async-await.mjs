import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

// #region together
async function brew(tea, ms, signal) {
  await sleep(ms, undefined, { signal });
  if (tea === 'mint') throw new Error('no mint');
  return `${tea} tea`;
}

async function together() {
  const cups = await Promise.all([brew('green', 100), brew('black', 50)]);
  console.log(cups.join(', '));
}
// #endregion together

// #region failure
async function failure() {
  const stop = new AbortController();
  const brewing = ['mint', 'black'].map((tea, n) => brew(tea, 50 + n * 60_000, stop.signal));
  try {
    await Promise.all(brewing);
  } catch (error) {
    stop.abort(); // else the black tea brews on
    await Promise.allSettled(brewing);
    console.log(`failed: ${error.message}`);
  }
}
// #endregion failure

// #region timeout
async function timeout() {
  try {
    await brew('black', 60_000, AbortSignal.timeout(50));
  } catch (error) {
    if (error.cause?.name !== 'TimeoutError') throw error;
    console.log('too slow');
  }
}
// #endregion timeout

// #region cleanup
async function rinse() {
  await sleep(10);
  console.log('the pot is rinsed');
}

async function cleanup() {
  try {
    console.log(await brew('green', 50));
  } finally {
    await rinse();
  }
}
// #endregion cleanup

// #region pool
async function pool() {
  const orders = ['green', 'black', 'white', 'herbal'].values();
  const cups = [];
  const pot = async () => {
    for (const tea of orders) cups.push(await brew(tea, 20));
  };
  await Promise.all([pot(), pot()]);
  console.log(`${cups.length} cups from two pots`);
}
// #endregion pool

// #region emitter
async function emitter() {
  const bell = new EventTarget();
  setTimeout(() => bell.dispatchEvent(new Event('ring')), 20);
  const [event] = await once(bell, 'ring');
  console.log(event.type);
}
// #endregion emitter

// #region run
for (const part of [together, failure, timeout, cleanup, pool, emitter]) await part();
// #endregion run
