import { now } from '@escapement/core';
import { exponential, moveOnAfter, type RetryOptions, retry } from '@escapement/sleep';
import { sleepModule } from '@escapement/sleep/module';
import { virtualTimeModule } from '@escapement/virtual-time/module';
import { createLoop } from '@escapement/wiring';

/** When the attempts were made, all of which fail, in the first ten seconds. */
function* attemptsOf(options: RetryOptions) {
  const start = yield* now();
  const times: number[] = [];
  function* attempt() {
    times.push((yield* now()) - start);
    throw new Error('no answer');
  }
  try {
    yield* moveOnAfter(10_000, retry(attempt, options));
  } catch {
    return `${times.join(' ')}, then the error`;
  }
  return `${times.join(' ')}, then undefined`;
}

createLoop(virtualTimeModule, sleepModule).runSync(function* () {
  const steps = [50, 500, 5000];
  const examples: Record<string, RetryOptions> = {
    'at once, 3 in all': {},
    'every 100 ms, 4 in all': { attempts: 4, backoff: () => 100 },
    'doubled, at most 300 ms': { attempts: 6, backoff: exponential(100, 300) },
    'times of your own': { attempts: steps.length + 1, backoff: attempt => steps[attempt - 1]! },
    'until the time is up': { attempts: Infinity, backoff: exponential(1000) },
    'shortened by up to half': { attempts: 4, backoff: exponential(100, Infinity, 0.5, () => 0.5) },
  };
  for (const [name, options] of Object.entries(examples)) console.log(`${name}: ${yield* attemptsOf(options)}`);
});
