import { setTimeout as timeout } from 'node:timers/promises';
import type { Duration } from 'escapement';
import type { Sleeper } from './sleeper.js';

/** Ways to sleep that Node offers without the loop. */
export function baselines(): Sleeper[] {
  return [
    baseline('Node setTimeout', duration => new Promise(resolve => setTimeout(resolve, duration))),
    baseline('Node timers/promises', duration => timeout(duration)),
    baseline('Node setImmediate spin', immediateSpin),
  ];
}

/** Makes a baseline from a function that sleeps once. */
export function baseline(name: string, asleep: (duration: Duration) => Promise<void>): Sleeper {
  return {
    name,
    kind: 'baseline',
    async sleep(duration, times, stopwatch) {
      for (let n = 0; n < times; n++) {
        stopwatch.start(duration);
        await asleep(duration);
        stopwatch.stop();
      }
    },
  };
}

/** Polls the clock once per turn of the host's loop. */
function immediateSpin(duration: Duration): Promise<void> {
  const until = performance.now() + duration;
  return new Promise(resolve => {
    function look(): void {
      if (performance.now() >= until) resolve();
      else setImmediate(look);
    }
    look();
  });
}
