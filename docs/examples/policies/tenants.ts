import { EventLoop, pause, spawn, type Task } from '@escapement/core';
import { EarliestDeadlineFirstPolicy, FairPolicy, partitioned } from '@escapement/policies';
import { VirtualClock, VirtualTimeStrategy } from '@escapement/virtual-time';

const clock = new VirtualClock(); // so that the times are the same in each run
const policy = partitioned({
  by: (task: Task) => task.weight !== undefined, // a tenant, with all the tasks below it
  outer: () => new FairPolicy(),
  inner: () => new EarliestDeadlineFirstPolicy(),
});
const loop = new EventLoop({ strategy: new VirtualTimeStrategy(clock), policy });

const done: string[] = [];
function request(name: string, milliseconds: number) {
  return function* () {
    for (let n = 0; n < milliseconds; n++) {
      clock.advanceTo(clock.now() + 1); // a millisecond of work
      yield* pause();
    }
    done.push(`${name} at ${clock.now()}`);
  };
}

loop.runSync(function* () {
  yield* spawn(
    function* () {
      yield* spawn(request('a big report', 30), { deadline: 1000 });
      yield* spawn(request('an urgent reply', 3), { deadline: 10 });
    },
    { name: 'busy tenant', weight: 1 },
  );
  yield* spawn(
    function* () {
      yield* spawn(request('a small tenant', 6));
    },
    { name: 'small tenant', weight: 1 },
  );
});
console.log(done.join('\n'));
