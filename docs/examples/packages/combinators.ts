import { group, select, started, type TaskGroup } from '@escapement/combinators';
import { pause } from '@escapement/core';
import { sleep, type TimeEvent } from '@escapement/sleep';
import { sleepModule } from '@escapement/sleep/module';
import { Deferred, type Get, type Put, Queue } from '@escapement/sync';
import { syncModule } from '@escapement/sync/module';
import { virtualTimeModule } from '@escapement/virtual-time/module';
import { createLoop } from '@escapement/wiring';

const jobs = new Queue<string>({ name: 'jobs' });
const stop = new Deferred<void>({ name: 'stop' });

/** One task, and three things that it waits for. What comes second is still there for the next round. */
function* serve() {
  yield* pause(); // a real one opens a port here
  yield* started('jobs');
  for (;;) {
    const first = yield* select({ job: jobs.get(), tick: sleep(100), stop: stop.wait() });
    if (first.key === 'stop') return;
    console.log(first.key === 'job' ? `works on ${first.value}` : 'nothing to do');
  }
}

function* main() {
  yield* group(function* (tasks: TaskGroup<TimeEvent | Put | Get>) {
    const name = yield* tasks.start(serve);
    console.log(`takes ${name}`);
    tasks.spawn(function* producer() {
      for (const job of ['a letter', 'a poster']) {
        yield* sleep(70);
        yield* jobs.put(job);
      }
    });
    yield* sleep(300);
    stop.resolve();
  });
  console.log('all have ended');
}

createLoop(virtualTimeModule, sleepModule, syncModule).runSync(main);
